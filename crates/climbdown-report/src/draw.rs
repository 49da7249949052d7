//! The game as a picture: DOT for other tools, or a plain SVG.
//!
//! A small game is drawn node by node. A larger one is drawn by place (stage and phase), with
//! counts, because a picture of thousands of nodes shows nothing.

use std::collections::BTreeMap;
use std::fmt::Write;

use climbdown_lang::scenario::Scenario;
use climbdown_lang::template::{Ending, Phase, Place, Template};
use quantal::{NodeKind, Viewer};

use crate::number;

/// Largest game drawn node by node.
pub const MOST_NODES: usize = 250;

/// A picture: boxes on a grid, and arrows.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// One line about what is drawn.
    pub title: String,
    /// Boxes.
    pub boxes: Vec<Boxed>,
    /// Arrows between boxes.
    pub arrows: Vec<Arrow>,
}

/// What a box stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Somebody decides.
    Decision,
    /// Nature draws.
    Chance,
    /// The crisis is over.
    End,
}

/// A box on the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Boxed {
    /// Column, from 0, left to right.
    pub column: usize,
    /// Row, from 0, top to bottom.
    pub row: usize,
    /// Lines of text.
    pub lines: Vec<String>,
    /// What it stands for.
    pub shape: Shape,
}

/// An arrow from one box to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrow {
    /// Position in [`Picture::boxes`].
    pub from: usize,
    /// Position in [`Picture::boxes`].
    pub to: usize,
    /// Text on it.
    pub label: String,
}

/// The picture of `template`: by node if it is small, else by place.
#[must_use]
pub fn picture(template: &Template) -> Picture {
    if template.graph.n_nodes() <= MOST_NODES { by_node(template) } else { by_place(template) }
}

fn by_node(template: &Template) -> Picture {
    let (graph, scenario) = (&template.graph, &template.scenario);
    let ranks = ranks(template);
    let mut filled: BTreeMap<usize, usize> = BTreeMap::new();
    let mut picture = Picture {
        title: format!("{}: {}", scenario.title, number::of(graph.n_nodes(), "node")),
        boxes: Vec::new(),
        arrows: Vec::new(),
    };
    for node in graph.nodes() {
        let place = template.places[node.index()];
        let column = ranks[&place];
        let row = filled.entry(column).or_default();
        let (shape, head) = match graph.kind(node) {
            NodeKind::Decision(infoset) => {
                let player = &graph.players()[graph.infoset(infoset).player.index()];
                (Shape::Decision, format!("{player}, set {}", infoset.0))
            }
            NodeKind::Chance => (Shape::Chance, "chance".to_owned()),
            NodeKind::Terminal => (Shape::End, format!("peak {}", template.peak(node))),
        };
        let lines = vec![format!("{} | {head}", node.0), place_name(scenario, place)];
        picture.boxes.push(Boxed { column, row: *row, lines, shape });
        *row += 1;
        for edge in graph.edges(node) {
            let mut label = graph.edge_label(node, edge).to_owned();
            if graph.kind(node) == NodeKind::Chance
                && let Some((expr, _)) = template.chance(edge, Viewer::Analyst)
            {
                let _ = write!(label, " ({})", crate::explain::expression(scenario, expr));
            }
            picture.arrows.push(Arrow { from: node.index(), to: graph.to(edge).index(), label });
        }
    }
    picture
}

fn by_place(template: &Template) -> Picture {
    let (graph, scenario) = (&template.graph, &template.scenario);
    let ranks = ranks(template);
    let mut places: Vec<Place> = ranks.keys().copied().collect();
    places.sort_by_key(|p| ranks[p]);
    let position = |place: Place| ranks[&place];
    let mut nodes = vec![0usize; places.len()];
    let mut sets: Vec<BTreeMap<u32, ()>> = vec![BTreeMap::new(); places.len()];
    let mut arrows: BTreeMap<(usize, usize), BTreeMap<String, usize>> = BTreeMap::new();
    for node in graph.nodes() {
        let at = position(template.places[node.index()]);
        nodes[at] += 1;
        if let NodeKind::Decision(infoset) = graph.kind(node) {
            sets[at].insert(infoset.0, ());
        }
        for edge in graph.edges(node) {
            let to = position(template.places[graph.to(edge).index()]);
            let label = graph.edge_label(node, edge).to_owned();
            *arrows.entry((at, to)).or_default().entry(label).or_default() += 1;
        }
    }
    let mut next_column: BTreeMap<u32, usize> = BTreeMap::new();
    let boxes = places
        .iter()
        .enumerate()
        .map(|(at, place)| {
            let column = next_column.entry(place.stage).or_default();
            let (shape, count) = match place.phase {
                Phase::Turn(_) => (
                    Shape::Decision,
                    format!(
                        "{}, {}",
                        number::of(sets[at].len(), "information set"),
                        number::of(nodes[at], "node")
                    ),
                ),
                Phase::Over(_) => (Shape::End, number::of(nodes[at], "node")),
                _ => (Shape::Chance, number::of(nodes[at], "node")),
            };
            let boxed = Boxed {
                column: *column,
                row: place.stage as usize,
                lines: vec![place_name(scenario, *place), count],
                shape,
            };
            *column += 1;
            boxed
        })
        .collect();
    let arrows = arrows
        .into_iter()
        .map(|((from, to), labels)| {
            let mut parts: Vec<(usize, String)> =
                labels.into_iter().map(|(label, n)| (n, label)).collect();
            parts.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
            let more = parts.len().saturating_sub(3);
            let mut words: Vec<String> = parts
                .into_iter()
                .take(3)
                .map(|(n, label)| format!("{label} x{}", number::count(n)))
                .collect();
            if more > 0 {
                words.push(format!("+{more}"));
            }
            Arrow { from, to, label: words.join(", ") }
        })
        .collect();
    Picture {
        title: format!(
            "{}: {} in {} places",
            scenario.title,
            number::of(graph.n_nodes(), "node"),
            places.len()
        ),
        boxes,
        arrows,
    }
}

/// Places in the order in which a path can meet them.
fn ranks(template: &Template) -> BTreeMap<Place, usize> {
    let mut ranks = BTreeMap::new();
    let mut ends = Vec::new();
    for place in &template.places {
        match place.phase {
            Phase::Over(_) => ends.push(*place),
            _ => {
                let next = ranks.len();
                ranks.entry(*place).or_insert(next);
            }
        }
    }
    for place in ends {
        let next = ranks.len();
        ranks.entry(place).or_insert(next);
    }
    ranks
}

/// A place in words: "stage 2, moscow (reply)".
#[must_use]
pub fn place_name(scenario: &Scenario, place: Place) -> String {
    let phase = match place.phase {
        Phase::Draw(d) => {
            let variable = scenario.draws[d.index()].variable;
            format!("draw of {}", scenario.variables[variable.index()].name)
        }
        Phase::Calendar(c) => format!("calendar {}", scenario.calendar[c.index()].id),
        Phase::Turn(slot) => {
            let slot = &scenario.slots[slot.index()];
            format!(
                "{} ({})",
                scenario.seats[slot.seat.index()].id,
                scenario.menus[slot.menu.index()]
            )
        }
        Phase::Signal(slot, _) => {
            let seat = scenario.slots[slot.index()].seat;
            format!("signal of {}", scenario.seats[seat.index()].id)
        }
        Phase::Hazard(h) => {
            let hazard = &scenario.hazards[h.index()];
            format!("hazard {}", hazard_id(hazard))
        }
        Phase::Over(Ending::End(e)) => format!("end {}", scenario.ends[e.index()].id),
        Phase::Over(Ending::Horizon) => "horizon".to_owned(),
    };
    format!("stage {}, {phase}", place.stage)
}

fn hazard_id(hazard: &climbdown_lang::scenario::Hazard) -> &str {
    &hazard.id
}

/// The picture in the language of Graphviz.
#[must_use]
pub fn dot(picture: &Picture) -> String {
    let mut out = String::from("digraph game {\n  rankdir=LR;\n");
    let _ = writeln!(out, "  label=\"{}\";", dot_escape(&picture.title));
    for (i, b) in picture.boxes.iter().enumerate() {
        let shape = match b.shape {
            Shape::Decision => "box",
            Shape::Chance => "diamond",
            Shape::End => "ellipse",
        };
        let lines: Vec<String> = b.lines.iter().map(|l| dot_escape(l)).collect();
        let _ = writeln!(out, "  n{i} [shape={shape}, label=\"{}\"];", lines.join("\\n"));
    }
    for a in &picture.arrows {
        let _ = writeln!(out, "  n{} -> n{} [label=\"{}\"];", a.from, a.to, dot_escape(&a.label));
    }
    out.push_str("}\n");
    out
}

fn dot_escape(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .flat_map(|c| match c {
            '"' => vec!['\\', '"'],
            '\\' => vec!['\\', '\\'],
            c => vec![c],
        })
        .collect()
}

/// Size of a cell of the grid and of the box in it, in pixels.
const CELL: (usize, usize) = (300, 84);
const BOX: (usize, usize) = (200, 44);

/// The picture as SVG.
#[must_use]
pub fn svg(picture: &Picture) -> String {
    let columns = picture.boxes.iter().map(|b| b.column + 1).max().unwrap_or(1);
    let rows = picture.boxes.iter().map(|b| b.row + 1).max().unwrap_or(1);
    let (width, height) = (columns * CELL.0 + 20, rows * CELL.1 + 60);
    let corner = |b: &Boxed| (20 + b.column * CELL.0, 50 + b.row * CELL.1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" \
         markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#555\"/></marker></defs>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"20\" y=\"26\" font-size=\"15\">{}</text>\n",
        xml_escape(&picture.title)
    );
    for a in &picture.arrows {
        let (x0, y0) = corner(&picture.boxes[a.from]);
        let (x1, y1) = corner(&picture.boxes[a.to]);
        let (from, to) = (&picture.boxes[a.from], &picture.boxes[a.to]);
        // Past other boxes of its row an arrow goes below them.
        let dip = if from.row == to.row && to.column > from.column + 1 { 30 } else { 0 };
        let (x0, y0, x1, y1) = match (dip > 0, x1 > x0) {
            (false, true) => (x0 + BOX.0, y0 + BOX.1 / 2, x1, y1 + BOX.1 / 2),
            (true, _) => (x0 + BOX.0 / 2, y0 + BOX.1, x1 + BOX.0 / 2, y1 + BOX.1),
            _ => (x0 + BOX.0 / 2, y0 + BOX.1, x1 + BOX.0 / 2, y1),
        };
        let (x, y) = ((x0 + x1) / 2, (y0 + y1) / 2 + dip);
        let _ = writeln!(
            out,
            "<path d=\"M{x0} {y0}Q{x} {y} {x1} {y1}\" fill=\"none\" stroke=\"#999\" \
             marker-end=\"url(#tip)\"><title>{}</title></path>",
            xml_escape(&a.label)
        );
        let short = crate::layout::cell(&a.label, 18);
        let _ = writeln!(
            out,
            "<text x=\"{x}\" y=\"{}\" font-size=\"9\" text-anchor=\"middle\" fill=\"#555\">{}</text>",
            (y - dip / 2).saturating_sub(3),
            xml_escape(short.trim_end())
        );
    }
    for b in &picture.boxes {
        let (x, y) = corner(b);
        let (fill, radius) = match b.shape {
            Shape::Decision => ("#dbe9f6", 4),
            Shape::Chance => ("#f6ecd0", 22),
            Shape::End => ("#e4e4e4", 4),
        };
        let _ = writeln!(
            out,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"{radius}\" fill=\"{fill}\" \
             stroke=\"#444\"/>",
            BOX.0, BOX.1
        );
        for (i, line) in b.lines.iter().enumerate() {
            let short = crate::layout::cell(line, 34);
            let _ = writeln!(
                out,
                "<text x=\"{}\" y=\"{}\" font-size=\"11\" text-anchor=\"middle\">{}</text>",
                x + BOX.0 / 2,
                y + 18 + 16 * i,
                xml_escape(short.trim_end())
            );
        }
    }
    out.push_str("</svg>\n");
    out
}

fn xml_escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().filter(|c| !c.is_control()) {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_cannot_break_out_of_the_picture() {
        let picture = Picture {
            title: "a \"b\" <c> & \\".to_owned(),
            boxes: vec![Boxed {
                column: 0,
                row: 0,
                lines: vec!["</text><script>".to_owned()],
                shape: Shape::End,
            }],
            arrows: Vec::new(),
        };
        assert!(!svg(&picture).contains("<script"));
        assert!(dot(&picture).contains("a \\\"b\\\" <c> & \\\\"));
    }
}
