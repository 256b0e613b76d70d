//! Pictures in the language of Mermaid, which repository hosts draw where it stands in a text.

use std::collections::BTreeMap;

use super::{Form, Node, Picture};

/// The picture as a flow chart, a box around what lies in one module.
pub fn flow_chart(picture: &Picture) -> String {
    let mut out = String::from("flowchart RL\n");
    let mut modules: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, node) in picture.nodes.iter().enumerate() {
        modules.entry(&node.module).or_default().push(at);
    }
    for (number, (module, nodes)) in modules.into_iter().enumerate() {
        let inner = match module {
            "" => "  ",
            module => {
                out.push_str(&format!("  subgraph m{number}[\"{}\"]\n", escaped(module)));
                "    "
            }
        };
        for at in nodes {
            out.push_str(&format!("{inner}n{at}{}\n", shape(&picture.nodes[at])));
        }
        if !module.is_empty() {
            out.push_str("  end\n");
        }
    }
    for (from, to) in &picture.edges {
        let arrow = match picture.cyclic.contains(&(*from, *to)) {
            true => "==>",
            false => "-->",
        };
        out.push_str(&format!("  n{from} {arrow} n{to}\n"));
    }
    out
}

fn shape(node: &Node) -> String {
    let label = escaped(&node.label);
    match node.form {
        Form::Resource => format!("[\"{label}\"]"),
        Form::Data => format!("([\"{label}\"])"),
        Form::Provider => format!("{{{{\"{label}\"}}}}"),
        Form::Variable => format!(">\"{label}\"]"),
        Form::Step => format!("(\"{label}\")"),
    }
}

/// A label as it can stand between quotes: Mermaid knows the entities of HTML, with `#` for `&`.
fn escaped(label: &str) -> String {
    let mut out = String::with_capacity(label.len());
    for letter in label.chars() {
        match letter {
            '"' => out.push_str("#quot;"),
            '#' => out.push_str("#35;"),
            '&' => out.push_str("#amp;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}
