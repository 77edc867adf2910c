//! The figures as an SVG: a row for each scenario, a dot for each peer, logarithmic.

use std::fmt::Write;

use crate::PEERS;
use crate::scenario::SCENARIOS;
use crate::table::{All, is_ratio, ratio};

const LEFT: f64 = 180.0;
const WIDTH: f64 = 620.0;
const ROW: f64 = 30.0;
const TOP: f64 = 70.0;
const MOST: f64 = 1000.0;
const COLOURS: [&str; 10] = [
    "#d62728", "#1f77b4", "#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf",
    "#000000",
];

fn x(ratio: f64) -> f64 {
    // A little under 1 there is room for what noise makes faster than the floor.
    LEFT + WIDTH * (ratio.clamp(0.8, MOST) / 0.8).ln() / (MOST / 0.8).ln()
}

pub(crate) fn svg(all: &All) -> String {
    let rows: Vec<_> = SCENARIOS
        .iter()
        .enumerate()
        .filter(|(_, entry)| is_ratio(entry.what))
        .collect();
    let bottom = TOP + ROW * rows.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1040 {}\" font-family=\"sans-serif\" \
         font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"24\" font-size=\"16\">Cost of a call, as a multiple of two counter reads and the \
         call</text>\n",
        bottom + 30.0
    );
    for tick in [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0] {
        let at = x(tick);
        let _ = writeln!(
            svg,
            "<line x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{}\" y2=\"{bottom}\" stroke=\"#ddd\"/>\
             <text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\" fill=\"#555\">{tick}</text>",
            TOP - 8.0,
            TOP - 14.0
        );
    }
    for (line, (number, scenario)) in rows.iter().enumerate() {
        let y = TOP + ROW * (line as f64 + 0.5);
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            LEFT - 10.0,
            y + 4.0,
            scenario.name
        );
        for (peer, measured) in all.iter().enumerate().rev() {
            if let Some(ratio) = ratio(&measured[*number]) {
                let (at, colour) = (x(ratio), COLOURS[peer]);
                let _ = writeln!(
                    svg,
                    "<circle cx=\"{at:.1}\" cy=\"{y}\" r=\"5\" fill=\"{colour}\"/>"
                );
            }
        }
    }
    for (line, (peer, colour)) in PEERS.iter().zip(COLOURS).enumerate() {
        let (name, y) = (
            peer.name.replace(['*', '`'], "").replace('<', "&lt;"),
            TOP + 20.0 * line as f64,
        );
        let _ = writeln!(
            svg,
            "<circle cx=\"830\" cy=\"{y}\" r=\"5\" fill=\"{colour}\"/><text x=\"842\" y=\"{}\">{name}</text>",
            y + 4.0
        );
    }
    svg.push_str("</svg>\n");
    svg
}
