//! How each figure of an answer is made, by its path: a formula in words, where it is defined, and what goes in.

/// How a figure is made.
pub(super) struct Reason {
    /// Path, `*` for any name; it covers what lies below it as well.
    pattern: &'static str,
    /// The formula, in words.
    pub(super) how: &'static str,
    /// Where it is defined, and whose it is.
    pub(super) method: &'static str,
    /// Paths of the figures that go in; `$1` is the second part of the path explained, and so on, and one `*` any
    /// entry of a list.
    pub(super) from: &'static [&'static str],
}

/// First keys of the paths that can be explained.
pub const SECTIONS: [&str; 17] = [
    "run",
    "certificate",
    "outcome",
    "effect",
    "kind",
    "rules_change",
    "attribution",
    "spiral",
    "draw_check",
    "assumptions",
    "influences",
    "hypotheses",
    "claims",
    "off_ramps",
    "off_ramp_search",
    "band",
    "verdict",
];

/// The reason that fits `path` best: of those that cover it the most particular.
pub(super) fn of(path: &str) -> Option<&'static Reason> {
    let parts: Vec<&str> = path.split('.').collect();
    let covers = |reason: &&Reason| {
        let pattern: Vec<&str> = reason.pattern.split('.').collect();
        pattern.len() <= parts.len() && pattern.iter().zip(&parts).all(|(a, b)| *a == "*" || a == b)
    };
    let rank = |reason: &&Reason| {
        let named = reason.pattern.split('.').filter(|part| *part != "*").count();
        (reason.pattern.split('.').count(), named)
    };
    REASONS.iter().filter(covers).max_by_key(rank)
}

const STUDY: &str = "docs/methods/study.md";
const EFFECT: &str = "docs/methods/effect.md";
const SPIRAL: &str = "docs/methods/spiral.md";
const ATTRIBUTION: &str = "docs/methods/attribution.md (Shapley 1953)";
const OFF_RAMPS: &str = "docs/methods/off-ramps.md";
const OUTCOMES: &str = "docs/methods/outcomes.md";
const GIVEN_DATA: &str =
    "docs/methods/sensitivity.md (Plischke, Borgonovo and Smith 2013; Kelley 1935)";
const LOGIT: &str = "docs/methods/logit-aqre.md (McKelvey and Palfrey 1998)";
const DRAWS: &[&str] = &["run.draws", "run.failed_draws"];

const fn reason(
    pattern: &'static str,
    method: &'static str,
    how: &'static str,
    from: &'static [&'static str],
) -> Reason {
    Reason { pattern, how, method, from }
}

const REASONS: &[Reason] = &[
    reason("run", "docs/manual/json.md", "What is needed to repeat the run.", &[]),
    reason(
        "run.draws",
        STUDY,
        "Draws of the study: rows of a Latin hypercube over the ranges of all parameters that have one.",
        &["run.seed"],
    ),
    reason(
        "run.failed_draws",
        STUDY,
        "Draws for which a policy game did not solve or had no numbers; nothing stands in for them.",
        &["run.draws"],
    ),
    reason(
        "certificate",
        LOGIT,
        "Measured on the profile that was found: lambda per payoff is lambda over the stake; the residual is the largest distance of a log-probability from its logit response; regret is in stakes, by own beliefs.",
        &["run.lambda", "run.tolerance"],
    ),
    reason(
        "outcome",
        OUTCOMES,
        "One forward pass over the game with everybody free, by the analyst's probabilities; the rungs count the highest rung reached within the horizon.",
        &[],
    ),
    reason(
        "outcome.firebreaks",
        OUTCOMES,
        "The flow over edges on which the peak first passes the firebreak: accidental by a draw, inadvertent by a move that does not pass it as its mover codes it, deliberate by any other.",
        &[],
    ),
    reason(
        "outcome.firebreaks.*.p_cross",
        OUTCOMES,
        "The sum of the three ways of crossing it.",
        &[
            "outcome.firebreaks.$2.deliberate",
            "outcome.firebreaks.$2.inadvertent",
            "outcome.firebreaks.$2.accidental",
        ],
    ),
    reason(
        "effect",
        EFFECT,
        "The same pass under the focal move and under the reference, over the states where both are open; change = focal - reference.",
        &["effect.p_available"],
    ),
    reason(
        "effect.*.measure",
        EFFECT,
        "The headline measure under the focal move and under the reference; change = focal - reference.",
        &["effect.p_available"],
    ),
    reason(
        "effect.*.measure.interval",
        STUDY,
        "Between the 5th and the 95th of a hundred parts of the change in the solved draws (quantiles by definition 7 of Hyndman and Fan 1996).",
        &["effect.$1.measure.change", "run.draws", "run.failed_draws"],
    ),
    reason(
        "effect.*.expected_peak.interval",
        STUDY,
        "Between the 5th and the 95th of a hundred parts of the change in the solved draws (quantiles by definition 7 of Hyndman and Fan 1996).",
        &["effect.$1.expected_peak.change", "run.draws", "run.failed_draws"],
    ),
    reason(
        "effect.*.*.*.interval",
        STUDY,
        "Between the 5th and the 95th of a hundred parts of the change in the solved draws (quantiles by definition 7 of Hyndman and Fan 1996).",
        &["effect.$1.$2.$3.change", "run.draws", "run.failed_draws"],
    ),
    reason(
        "effect.*.*.*.*.interval",
        STUDY,
        "Between the 5th and the 95th of a hundred parts of the change in the solved draws (quantiles by definition 7 of Hyndman and Fan 1996).",
        &["effect.$1.$2.$3.$4.change", "run.draws", "run.failed_draws"],
    ),
    reason(
        "effect.*.payoffs",
        EFFECT,
        "The actor's expected payoff from the question's turn on under each course, by the analyst's probabilities and by its own.",
        &[],
    ),
    reason(
        "effect.*.measure.change",
        EFFECT,
        "focal - reference.",
        &["effect.$1.measure.focal", "effect.$1.measure.reference"],
    ),
    reason(
        "kind",
        EFFECT,
        "What the focal act crosses or breaks, and the reference act does not, in the states of positive probability where each can first be taken after its move.",
        &["question.focal_act", "question.reference_act"],
    ),
    reason(
        "rules_change",
        "docs/methods/rules-change.md",
        "For each seat the mean over its later turns of half the sum of |P(move | focal) - P(move | reference)|; total is the mean over the seats other than the mover's.",
        &[],
    ),
    reason(
        "rules_change.by_seat.*.on_codes",
        "docs/methods/rules-change.md",
        "The same distance between distributions over the codes of acts instead of moves.",
        &[],
    ),
    reason(
        "rules_change.by_seat.*.by_availability",
        "docs/methods/rules-change.md",
        "The same distance at lambda 0, where availability alone speaks.",
        &[],
    ),
    reason(
        "rules_change.total",
        "docs/methods/rules-change.md",
        "The mean of the seats' changes over the seats other than the mover's.",
        &["question.seat", "rules_change.by_seat.*.value"],
    ),
    reason(
        "attribution",
        ATTRIBUTION,
        "The focal policy solved again with its act replaced by hybrids of itself and the reference act: f(S) is the headline measure with the parts S of the focal act and all else of the reference act.",
        &["question.focal_act", "question.reference_act"],
    ),
    reason(
        "attribution.total",
        ATTRIBUTION,
        "f(all parts) - f(none): the measure in the focal policy, less the same with the reference act in the place of the focal act. The shares add up to it.",
        &["attribution.combinations.*.measure"],
    ),
    reason(
        "attribution.remainder",
        ATTRIBUTION,
        "The change of the measure as a policy, less the total: what the move does besides the act.",
        &["effect.as_policy.measure.change", "attribution.total"],
    ),
    reason(
        "attribution.games",
        ATTRIBUTION,
        "Different games that were compared, the focal policy among them; parts that both acts have in common need none.",
        &[],
    ),
    reason(
        "attribution.shares",
        ATTRIBUTION,
        "The part's Shapley value: the mean, over the feasible orders in which the parts are exchanged one by one, of what this one adds.",
        &["attribution.combinations.*.measure"],
    ),
    reason(
        "attribution.shares.*.first_in",
        ATTRIBUTION,
        "f(this part alone) - f(none): what the part adds to the reference act.",
        &["attribution.combinations.*.measure"],
    ),
    reason(
        "attribution.shares.*.last_out",
        ATTRIBUTION,
        "f(all parts) - f(all but this one): what the focal act loses without it.",
        &["attribution.combinations.*.measure"],
    ),
    reason(
        "attribution.combinations",
        ATTRIBUTION,
        "f(S): the measure in the focal policy solved again with the parts S of the focal act and all else of the reference act. Parts that both acts have in common are not named; with all parts it is the focal policy itself.",
        &["question.focal_act", "question.reference_act"],
    ),
    reason(
        "spiral",
        SPIRAL,
        "Replies of escalatory acts to escalatory acts, between positions of the list of turns.",
        &["spiral.escalatory_rung"],
    ),
    reason(
        "spiral.escalatory_rung",
        SPIRAL,
        "Acts on this rung or above are escalatory: the one the question names, else the first above the start rung.",
        &["outcome.start_rung"],
    ),
    reason(
        "spiral.ratio",
        SPIRAL,
        "R, the spectral radius of the matrix of direct replies with negative entries set to 0, with everybody free.",
        &["spiral.escalatory_rung", "spiral.replies.*.direct"],
    ),
    reason(
        "spiral.ratio_at_lambda_0",
        SPIRAL,
        "R where everybody tosses coins: what is due to availability alone.",
        &["spiral.escalatory_rung"],
    ),
    reason(
        "spiral.severity_ratio",
        SPIRAL,
        "R with acts weighted by their severity: rungs, from 1 for the lowest escalatory one.",
        &["spiral.escalatory_rung"],
    ),
    reason(
        "spiral.focal",
        SPIRAL,
        "R in the game in which the focal move is made and known to all.",
        &["spiral.escalatory_rung"],
    ),
    reason(
        "spiral.reference",
        SPIRAL,
        "R in the game in which the reference is kept and known to all.",
        &["spiral.escalatory_rung"],
    ),
    reason(
        "spiral.expected_acts",
        SPIRAL,
        "The sum over all turns of the analyst's probability of an escalatory act there, with everybody free.",
        &["spiral.escalatory_rung"],
    ),
    reason(
        "spiral.p_ceiling",
        SPIRAL,
        "The probability that the highest rung of the ladder is reached, with everybody free.",
        &["outcome.rungs.*.p_peak_at_least"],
    ),
    reason(
        "spiral.replies",
        SPIRAL,
        "total: change of the probability of an escalatory act at the next turn there when the act is one rather than not, averaged over the analyst's reach; direct: the same less what goes through turns in between.",
        &["spiral.escalatory_rung"],
    ),
    reason(
        "spiral.inhibition",
        SPIRAL,
        "Pairs whose direct reply is negative: an act there makes one here less likely.",
        &["spiral.replies.*.direct"],
    ),
    reason(
        "spiral.p_rounds",
        SPIRAL,
        "The probability that the exchange which the question's move starts runs on for at least so many acts, one camp after the other, each within a cycle of turns after the last.",
        &["spiral.escalatory_rung"],
    ),
    reason(
        "spiral.replies.*.direct",
        SPIRAL,
        "The total change less what goes through turns in between: K_ij = t_ij - the sum of t_im K_mj over the positions m strictly between, shortest gaps first.",
        &["spiral.replies.*.total"],
    ),
    reason(
        "draw_check",
        "docs/methods/batches.md",
        "Policy games of draws and of scans: one in 256 is followed from lambda 0 as well (audited), and differs from that branch (off_branch) or cannot be followed; those that did not settle side by side were solved one by one.",
        &["run.draws", "run.failed_draws"],
    ),
    reason(
        "draw_check.inputs",
        STUDY,
        "Parameters with a range, as far as they were not set by hand: what the draws vary.",
        &["run.draws"],
    ),
    reason(
        "draw_check.failures",
        STUDY,
        "Draws without an answer, by reason.",
        &["run.failed_draws"],
    ),
    reason(
        "assumptions",
        STUDY,
        "Each parameter that the assumption binds is moved over the range others hold plausible, at 17 points, all else as in the file.",
        &[],
    ),
    reason(
        "assumptions.*.value",
        STUDY,
        "As the assumption claims in the file: of the first parameter it binds.",
        &[],
    ),
    reason(
        "assumptions.*.range",
        STUDY,
        "As the file gives it: what others hold plausible, of the first parameter it binds.",
        &[],
    ),
    reason(
        "assumptions.*.binds",
        STUDY,
        "Value and range as the file gives them; change_at_ends is the change of the measure as a policy with the parameter at the lower and at the upper end.",
        &[],
    ),
    reason(
        "assumptions.*.flips",
        STUDY,
        "Where the verdict, or the mover's preference between the two policies, turns as the parameter moves: each change between neighbouring points halved ten times, the nearest first.",
        &["assumptions.$1.value", "assumptions.$1.range"],
    ),
    reason(
        "assumptions.*.share_of_draws",
        STUDY,
        "Share of the solved points of the scan with the kind, degree and sign of the headline.",
        &["assumptions.$1.range", "verdict.kind", "verdict.degree", "verdict.sign"],
    ),
    reason(
        "assumptions.*.signposts",
        STUDY,
        "Probability of the move at that seat's next turn under the focal policy, if the assumption holds (p) and with the parameter at the further end of the range (q); belief_from_half = p / (p + q), Bayes' rule from even odds.",
        &["assumptions.$1.value", "assumptions.$1.range"],
    ),
    reason(
        "assumptions.*.sobol_first",
        GIVEN_DATA,
        "The first-order index of the one parameter it binds, from the draws.",
        DRAWS,
    ),
    reason(
        "influences",
        GIVEN_DATA,
        "Share of the variance of the headline's change that the input accounts for by itself: the solved draws cut into classes by its rank, variance between the classes over variance in all, corrected for chance.",
        DRAWS,
    ),
    reason(
        "influences.*.noise",
        GIVEN_DATA,
        "What an input without influence would show at most in 95 of 100 samples: the 95th of a hundred parts of the index over 100 random orders of the outputs.",
        &["run.draws", "run.failed_draws"],
    ),
    reason(
        "influences.*.noise_of_largest",
        GIVEN_DATA,
        "What the largest of all inputs would show at most if none had any influence, in 95 of 100 samples.",
        &["run.draws", "run.failed_draws"],
    ),
    reason(
        "hypotheses",
        STUDY,
        "The question asked again as if this explanation were known to be true.",
        &[],
    ),
    reason("hypotheses.*.prior", STUDY, "The weight within its set that the file gives.", &[]),
    reason(
        "hypotheses.*.posterior",
        "docs/methods/replay.md",
        "Bayes' rule: prior times the probability it gives to what the history says was observed, over the sum of these in its set.",
        &["hypotheses.$1.prior", "hypotheses.$1.likelihood"],
    ),
    reason(
        "hypotheses.*.likelihood",
        "docs/methods/replay.md",
        "Natural logarithm of the probability that the game under this explanation gives to what the history says was observed.",
        &[],
    ),
    reason(
        "hypotheses.*.verdict",
        STUDY,
        "Measure and verdict of the two policy games with the parameter fixed for all, or with the type taken as certain by the analyst while everybody plays as before.",
        &["hypotheses.$1.fixes"],
    ),
    reason(
        "claims",
        STUDY,
        "The test of the claim on this answer: holds or fails at the file's values; share_of_draws is the share of the draws it was tested in that it holds in.",
        &["run.draws"],
    ),
    reason(
        "claims.*.share_of_draws",
        STUDY,
        "Draws in which the test holds over those it was tested in.",
        &["claims.$1.draws", "claims.$1.failed_draws", "claims.$1.among_first"],
    ),
    reason(
        "claims.*.draws",
        STUDY,
        "Draws in which everything that the test reads was measured: all for what is measured in every draw, the first 8 for what the base game shows, the first 4 for the attribution, none for the study itself.",
        &["claims.$1.among_first", "run.draws"],
    ),
    reason(
        "claims.*.failed_draws",
        STUDY,
        "Draws it was to be tested in, less those it was tested in.",
        &["claims.$1.draws", "claims.$1.among_first"],
    ),
    reason(
        "off_ramps",
        OFF_RAMPS,
        "Each lever alone, whole, from its day on: before it the focal policy, after it the game with the lever, known to all and solved anew.",
        &["off_ramp_search.risk", "off_ramp_search.below", "off_ramp_search.without"],
    ),
    reason(
        "off_ramps.*.levers",
        OFF_RAMPS,
        "The share of the lever that is taken: its step over the number of its steps.",
        &[],
    ),
    reason("off_ramps.*.risk", OFF_RAMPS, "The risk under the focal policy with the lever.", &[]),
    reason(
        "off_ramps.*.costs",
        OFF_RAMPS,
        "As the levers declare them in the file; costs of different actors are never added.",
        &[],
    ),
    reason(
        "off_ramps.*.payoffs",
        OFF_RAMPS,
        "The actor's payoff with the lever less that without, from the lever's day on, by its own beliefs there; declared costs are not in it.",
        &[],
    ),
    reason(
        "off_ramps.*.share_of_draws",
        OFF_RAMPS,
        "Share of the draws over the ranges in which the risk with the lever is under the level.",
        &["off_ramp_search.draws", "off_ramp_search.below"],
    ),
    reason(
        "off_ramps.*.residual",
        OFF_RAMPS,
        "The largest log-residual of the game with the lever, measured on what was found.",
        &[],
    ),
    reason(
        "off_ramp_search",
        OFF_RAMPS,
        "Which risk is to come under which level, and how the levers were tried.",
        &["off_ramp_search.risk", "off_ramp_search.level"],
    ),
    reason(
        "off_ramp_search.below",
        OFF_RAMPS,
        "The level: the risk under the reference policy, or half of that under the focal policy where that is no lower, or as given.",
        &[
            "off_ramp_search.level",
            "effect.as_policy.measure.reference",
            "effect.as_policy.measure.focal",
        ],
    ),
    reason(
        "off_ramp_search.without",
        OFF_RAMPS,
        "The risk under the focal policy without a lever.",
        &["effect.as_policy.measure.focal"],
    ),
    reason(
        "band",
        LOGIT,
        "The headline solved again at another precision of choice; 0 is a coin toss, large a best reply.",
        &[],
    ),
    reason(
        "verdict",
        EFFECT,
        "The rule of the scenario's ladder or question, put to the codes of the acts and to the change of the measure.",
        &[
            "effect.as_policy.measure.focal",
            "effect.as_policy.measure.reference",
            "effect.as_policy.measure.change",
        ],
    ),
    reason(
        "verdict.margin",
        EFFECT,
        "|change| - min(major, max(minor, r (ratio - 1))) for a rise, with r (1 - 1 / ratio) for a fall; r is the probability under the reference, and major, minor and ratio are the thresholds of the rule.",
        &["effect.as_policy.measure.focal", "effect.as_policy.measure.reference", "verdict.rule"],
    ),
    reason(
        "verdict.share_of_draws",
        STUDY,
        "Share of the solved draws with the kind, degree and sign of the headline.",
        &["run.draws", "run.failed_draws", "verdict.kind", "verdict.degree", "verdict.sign"],
    ),
    reason(
        "verdict.share_of_kind",
        STUDY,
        "Share of the solved draws with the kind of the headline.",
        &["run.draws", "run.failed_draws", "verdict.kind"],
    ),
    reason(
        "verdict.share_of_degree",
        STUDY,
        "Share of the solved draws with the degree of the headline.",
        &["run.draws", "run.failed_draws", "verdict.degree"],
    ),
    reason(
        "verdict.share_of_sign",
        STUDY,
        "Share of the solved draws in which the change has the direction of the headline's.",
        &["run.draws", "run.failed_draws", "effect.as_policy.measure.change"],
    ),
];
