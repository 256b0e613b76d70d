//! Pictures as SVG: one file of its own, or a part of a page.

use std::fmt::Write as _;

use trueup_plan::Action;

use super::layout::{Layout, layout};
use super::{Form, Node, Picture};
use crate::views::markup::escape;

/// How wide a letter is, in pixels: the font is of one width.
const LETTER: f64 = 7.3;
/// The height of a box.
const BOX: f64 = 26.0;
/// The space left and right of a label.
const PADDING: f64 = 12.0;
/// The space between layers.
const GAP: f64 = 64.0;
/// The space around all.
const MARGIN: f64 = 16.0;

/// The look of a picture that stands alone.
const STYLE: &str = "text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#1f2328}\
.node>*:first-child{fill:#f6f8fa;stroke:#6e7781}\
.edge{fill:none;stroke:#8c959f}.cycle{stroke:#cf222e;stroke-width:2}\
.create>*:first-child{fill:#dafbe1;stroke:#1a7f37}.update>*:first-child{fill:#fff8c5;stroke:#9a6700}\
.replace>*:first-child{fill:#ffe3d6;stroke:#bc4c00}.delete>*:first-child{fill:#ffebe9;stroke:#cf222e}\
.read>*:first-child{fill:#ddf4ff;stroke:#0969da}.arrow{fill:#8c959f}";

/// A whole SVG file.
pub fn file(picture: &Picture) -> String {
    let (width, height, body) = body(picture);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n<style>{STYLE}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{body}</svg>\n"
    )
}

/// The picture as an element of a page, which brings the style.
pub fn element(picture: &Picture, title: &str) -> String {
    let (width, height, body) = body(picture);
    format!(
        "<svg role=\"img\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n<title>{}</title>\n{body}</svg>\n",
        escape(title)
    )
}

/// Width, height, and what stands in them.
fn body(picture: &Picture) -> (f64, f64, String) {
    let layout = layout(picture);
    let columns = columns(picture, &layout);
    let left = |layer: usize| columns.get(layer).map_or(MARGIN, |column| column.0);
    let middle = |layer: usize| {
        columns
            .get(layer)
            .map_or(MARGIN, |column| column.0 + column.1 / 2.0)
    };
    let width = columns.last().map_or(0.0, |(at, wide)| at + wide) + MARGIN;
    let height = layout.height + 2.0 * MARGIN;
    let mut out = String::from(
        "<defs><marker id=\"end\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path class=\"arrow\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n",
    );
    // Writing to a String never fails.
    for way in &layout.ways {
        let (from, to) = (layout.places[way.from], layout.places[way.to]);
        let goes_left = from.0 >= to.0;
        let (start, end) = match goes_left {
            true => (left(from.0), left(to.0) + wide(&picture.nodes[way.to])),
            false => (left(from.0) + wide(&picture.nodes[way.from]), left(to.0)),
        };
        let mut points = vec![(start, from.1 + MARGIN)];
        points.extend(
            way.joints
                .iter()
                .map(|(layer, at)| (middle(*layer), at + MARGIN)),
        );
        points.push((end, to.1 + MARGIN));
        let mut path = format!("M{:.1} {:.1}", points[0].0, points[0].1);
        for pair in points.windows(2) {
            let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
            let half = (x + to_x) / 2.0;
            let _ = write!(
                path,
                "C{half:.1} {y:.1} {half:.1} {to_y:.1} {to_x:.1} {to_y:.1}"
            );
        }
        let class = match picture.cyclic.contains(&(way.from, way.to)) {
            true => "edge cycle",
            false => "edge",
        };
        let _ = writeln!(
            out,
            "<path class=\"{class}\" d=\"{path}\" marker-end=\"url(#end)\"/>"
        );
    }
    for (node, (layer, at)) in picture.nodes.iter().zip(&layout.places) {
        let (x, y) = (left(*layer), at + MARGIN);
        out.push_str(&drawn(node, x, y));
    }
    (width.ceil(), height.ceil(), out)
}

/// Where each layer begins, and how wide it is.
fn columns(picture: &Picture, layout: &Layout) -> Vec<(f64, f64)> {
    let mut widths = vec![0.0_f64; layout.layers];
    for (node, (layer, _)) in picture.nodes.iter().zip(&layout.places) {
        widths[*layer] = widths[*layer].max(wide(node));
    }
    let mut at = MARGIN;
    widths
        .into_iter()
        .map(|width| {
            let column = (at, width);
            at += width + GAP;
            column
        })
        .collect()
}

fn label(node: &Node) -> String {
    match node.module.as_str() {
        "" => node.label.clone(),
        module => format!("{module}.{}", node.label),
    }
}

fn wide(node: &Node) -> f64 {
    label(node).chars().count() as f64 * LETTER + 2.0 * PADDING
}

fn drawn(node: &Node, x: f64, y: f64) -> String {
    let (wide, top) = (wide(node), y - BOX / 2.0);
    let label = label(node);
    let form = match node.form {
        Form::Resource => format!(
            "<rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{BOX}\" rx=\"3\"/>"
        ),
        Form::Data | Form::Step => format!(
            "<rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{BOX}\" rx=\"13\"/>"
        ),
        Form::Provider | Form::Variable => {
            let (right, bottom, slant) = (x + wide, top + BOX, 8.0);
            format!(
                "<path d=\"M{:.1} {top:.1}H{:.1}L{right:.1} {y:.1}L{:.1} {bottom:.1}H{:.1}L{x:.1} {y:.1}z\"/>",
                x + slant,
                right - slant,
                right - slant,
                x + slant
            )
        }
    };
    let class = format!("node {}", node.action.map(class).unwrap_or_default());
    let class = class.trim_end();
    let (text_x, text_y) = (x + PADDING, y + 4.0);
    let label = escape(&label);
    format!(
        "<g class=\"{class}\">{form}<text x=\"{text_x:.1}\" y=\"{text_y:.1}\">{label}</text></g>\n"
    )
}

/// The name by which the style knows an action.
pub fn class(action: Action) -> &'static str {
    match action {
        Action::NoOp => "",
        Action::Create => "create",
        Action::Read => "read",
        Action::Update => "update",
        Action::DeleteThenCreate | Action::CreateThenDelete => "replace",
        Action::Delete => "delete",
        Action::Forget => "forget",
    }
}
