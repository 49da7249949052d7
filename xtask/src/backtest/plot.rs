//! Reliability diagrams: as text, and as SVG.

use std::fmt::Write as _;

use super::pooled::Bin;

/// Fewer event forecasts than this are not drawn: bins of two or three say nothing; by feel.
pub(crate) const ENOUGH: f64 = 30.0;

/// Columns of the scale from 0 to 1.
const COLUMNS: usize = 50;

/// One line for each bin: `f` where the mean forecast lies, `o` the observed share, `*` both.
pub(crate) fn text(bins: &[Bin]) -> String {
    let mut out = format!("{:9}{:>6}  0{:>width$}\n", "bin", "n", 1, width = COLUMNS);
    for bin in bins {
        let mut line = vec!['.'; COLUMNS + 1];
        if bin.n > 0.0 {
            let (f, o) = (column(bin.mean()), column(bin.share()));
            line[f] = 'f';
            line[o] = if f == o { '*' } else { 'o' };
        }
        let line: String = line.into_iter().collect();
        let _ = writeln!(out, "{:.1}-{:.1}  {:>6.1}  {line}", bin.from, bin.to, bin.n);
    }
    out
}

fn column(p: f64) -> usize {
    // A probability times fifty is between 0 and fifty.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to COLUMNS")]
    let at = (p * COLUMNS as f64).round() as usize;
    at.min(COLUMNS)
}

/// Side of the square, and the room around it.
const SIDE: f64 = 320.0;
const ROOM: f64 = 48.0;

/// The diagram: mean forecast to the right, observed share upwards, the area of a dot how many.
pub(crate) fn svg(bins: &[Bin]) -> String {
    let size = SIDE + 2.0 * ROOM;
    let most = bins.iter().map(|b| b.n).fold(0.0, f64::max);
    let n: f64 = bins.iter().map(|b| b.n).sum();
    let x = |p: f64| ROOM + p * SIDE;
    let y = |p: f64| ROOM + (1.0 - p) * SIDE;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" width=\"{size}\" \
         height=\"{size}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>Calibration over all crises</title>\n\
         <desc>Mean forecast and observed share by bin, {n:.0} event forecasts of observed acts. \
         On the diagonal forecasts came true as often as they said.</desc>\n\
         <rect width=\"{size}\" height=\"{size}\" fill=\"white\"/>\n\
         <rect x=\"{ROOM}\" y=\"{ROOM}\" width=\"{SIDE}\" height=\"{SIDE}\" fill=\"none\" stroke=\"black\"/>\n\
         <line x1=\"{ROOM}\" y1=\"{}\" x2=\"{}\" y2=\"{ROOM}\" stroke=\"gray\" stroke-dasharray=\"4\"/>\n",
        y(0.0),
        x(1.0),
    );
    for tenth in [0.0, 0.2, 0.4, 0.6, 0.8, 1.0] {
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{tenth:.1}</text>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{tenth:.1}</text>",
            x(tenth),
            y(0.0) + 16.0,
            ROOM - 6.0,
            y(tenth) + 4.0,
        );
    }
    let middle = size / 2.0;
    let _ = writeln!(
        out,
        "<text x=\"{middle}\" y=\"{:.1}\" text-anchor=\"middle\">mean forecast</text>\n\
         <text x=\"14\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {middle})\">observed \
         share</text>",
        size - 10.0,
    );
    for bin in bins.iter().filter(|b| b.n > 0.0) {
        let (cx, cy, r) = (x(bin.mean()), y(bin.share()), 3.0 + 9.0 * (bin.n / most).sqrt());
        let _ = writeln!(
            out,
            "<circle cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"{r:.1}\" fill=\"steelblue\" fill-opacity=\"0.7\">\
             <title>{:.1} to {:.1}: {:.1} forecasts, mean {:.3}, observed {:.3}</title></circle>",
            bin.from,
            bin.to,
            bin.n,
            bin.mean(),
            bin.share(),
        );
    }
    out.push_str("</svg>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINS: [Bin; 2] = [
        Bin { from: 0.0, to: 0.5, n: 10.0, forecast: 2.0, observed: 2.0 },
        Bin { from: 0.5, to: 1.0, n: 10.0, forecast: 8.0, observed: 6.0 },
    ];

    #[test]
    fn a_line_shows_where_forecast_and_share_lie() {
        let text = text(&BINS);
        let lines: Vec<&str> = text.lines().collect();
        let scale = |line: &str| line[17..].to_owned();
        assert_eq!(scale(lines[1]).find('*'), Some(10));
        assert_eq!((scale(lines[2]).find('f'), scale(lines[2]).find('o')), (Some(40), Some(30)));
        assert_eq!(lines[0].rfind('1'), Some(17 + COLUMNS));
    }

    #[test]
    fn perfect_calibration_lies_on_the_diagonal() {
        let svg = svg(&BINS[..1]);
        // 0.2 to the right and 0.2 up in a square of 320 with 48 around it.
        assert!(svg.contains("cx=\"112.0\" cy=\"304.0\""), "{svg}");
    }
}
