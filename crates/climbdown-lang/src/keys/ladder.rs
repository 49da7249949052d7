//! Tables of ladder files.

use super::{Field, Fields, Kind, may, must};

/// A ladder file.
pub(crate) const LADDER: Fields = Fields {
    what: "a ladder",
    fields: &[
        must("climbdown_ladder", Kind::Integer, "version of the language: 1"),
        must("id", Kind::Text, "short name; that of the file"),
        must("title", Kind::Text, "one line for people"),
        must("source", Kind::Text, "where the ladder comes from"),
        must("roles", Kind::List(&Kind::Text), "roles an actor can have"),
        must("axes", Kind::Table(&AXES), "the three axes acts are coded on"),
        may(
            "attributes",
            Kind::Map("attribute", &Kind::Table(&ATTRIBUTE)),
            "further attributes of acts",
        ),
        must("rungs", Kind::List(&Kind::Table(&RUNG)), "rungs in ascending order"),
        may("firebreaks", Kind::List(&Kind::Table(&FIREBREAK)), "stopping places between rungs"),
        must("verdict", Kind::Table(&VERDICT), "the rule behind the words of the verdict"),
        NOTE,
    ],
};

const NOTE: Field = may("note", Kind::Text, "for readers of the file");
const CODES: Kind = Kind::Map("code", &Kind::Text);

const AXES: Fields = Fields {
    what: "the axes",
    fields: &[
        must("means", CODES, "what instrument: codes in ascending order, with their meanings"),
        must("ends", CODES, "whose sanctuary, what target: codes in ascending order"),
        must("involvement", CODES, "how far the patron takes part: codes in ascending order"),
    ],
};

const ATTRIBUTE: Fields = Fields {
    what: "an attribute",
    fields: &[
        must("values", Kind::List(&Kind::Text), "its values; the first is the default"),
        may("ordered", Kind::Boolean, "whether values may be compared by order"),
        may("source", Kind::Text, "where it comes from"),
        NOTE,
    ],
};

const RUNG: Fields = Fields {
    what: "a rung",
    fields: &[
        must("rung", Kind::Integer, "its number"),
        must("name", Kind::Text, "its name"),
        must("when", Kind::Condition, "acts on this rung or above; the highest that holds counts"),
        may("kahn", Kind::Text, "rungs of Kahn's ladder"),
        may("mid", Kind::Text, "codes of Militarized Interstate Disputes"),
        may("cameo", Kind::Text, "CAMEO event codes"),
        may("example", Kind::Text, "an example"),
        may("source", Kind::Text, "where it comes from"),
        NOTE,
    ],
};

const FIREBREAK: Fields = Fields {
    what: "a firebreak",
    fields: &[
        must("id", Kind::Text, "short name, such as F4"),
        must("between", Kind::List(&Kind::Integer), "the rungs just below and just above"),
        must("name", Kind::Text, "its name"),
        may("source", Kind::Text, "where it comes from"),
        NOTE,
    ],
};

const VERDICT: Fields = Fields {
    what: "the verdict",
    fields: &[
        must("major", Kind::Number, "a change at least this large is major"),
        must("minor", Kind::Number, "a change at least this large is minor"),
        must("ratio", Kind::Number, "a minor change by this factor is major"),
        must(
            "stated_line",
            Kind::Word(&["minor", "major"]),
            "what crossing a stated line alone makes the kind",
        ),
        must("source", Kind::Text, "where the rule comes from"),
        NOTE,
    ],
};
