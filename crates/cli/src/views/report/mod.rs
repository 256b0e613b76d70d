//! A plan as one page of HTML that stands alone: what it does, object by object, and the graph of what needs what.
//!
//! The page fetches nothing and forbids itself to: style, script and picture are inside. Every text of the plan is
//! escaped, and no text of the plan is ever inside the script. Sensitive values are masked as in the text for people.

use std::collections::BTreeMap;

use trueup_addrs::ConfigResource;
use trueup_operations::drawing::Resources;
use trueup_plan::{Action, CheckStatus, Mode, Plan, SchemaSource};

use super::human::{self, Part, PlanLook, taken_away};
use super::markup::escape;
use super::named;
use super::picture::{Picture, svg};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// From how many objects on the graph is left out: nobody reads it then.
const LARGEST_GRAPH: usize = 400;

/// The page. `graph` is what the configuration and the state hold; `None` where that could not be told.
pub fn page(plan: &Plan, graph: Option<&Resources>, schemas: &dyn SchemaSource) -> String {
    let parts = human::parts(plan, schemas, PlanLook::default());
    let counts = plan.counts();
    let title = match plan.mode {
        Mode::Normal => "Plan",
        Mode::Destroy => "Plan to destroy everything",
        Mode::RefreshOnly => "Plan to refresh the state",
    };
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n"
    );
    out.push_str(&format!(
        "<p class=\"made\">Made at <time>{}</time> by trueup {}{}.</p>\n",
        escape(&plan.timestamp),
        env!("CARGO_PKG_VERSION"),
        plan.backend
            .as_ref()
            .map(|backend| format!(" in workspace {}", escape(&backend.workspace)))
            .unwrap_or_default()
    ));
    if plan.errored {
        out.push_str(
            "<p class=\"errored\">An error cut this plan short: it can't be applied.</p>\n",
        );
    }
    out.push_str("<ul class=\"counts\">\n");
    for (class, number, word) in [
        ("import", counts.import, "to import"),
        ("create", counts.add, "to add"),
        ("update", counts.change, "to change"),
        ("delete", counts.destroy, "to destroy"),
        ("forget", counts.forget, "to forget"),
    ] {
        if number > 0 || !matches!(class, "import" | "forget") {
            out.push_str(&format!(
                "<li class=\"{class}\"><b>{}</b> {word}</li>\n",
                human::folding::grouped(number)
            ));
        }
    }
    out.push_str("</ul>\n</header>\n<main>\n");
    losses(&mut out, plan);
    checks(&mut out, plan);
    objects(&mut out, "changes", "Changes", &parts.changes);
    if plan.is_noop() {
        out.push_str("<p>There is nothing to do.</p>\n");
    }
    if !parts.outputs.is_empty() {
        out.push_str("<section id=\"outputs\">\n<h2>Outputs</h2>\n");
        out.push_str(&coloured(&parts.outputs));
        out.push_str("</section>\n");
    }
    objects(&mut out, "drift", "Changed outside", &parts.drift);
    if let Some(graph) = graph {
        picture(&mut out, plan, graph);
    }
    out.push_str(&format!(
        "</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n"
    ));
    out
}

/// What the plan takes away.
fn losses(out: &mut String, plan: &Plan) {
    let gone = taken_away::gone(plan);
    if gone.is_empty() {
        return;
    }
    out.push_str(
        "<section id=\"taken-away\" class=\"warning\">\n<h2>This plan takes away</h2>\n<ul>\n",
    );
    for one in &gone {
        out.push_str(&format!("<li>{}</li>\n", escape(&taken_away::line(one))));
    }
    out.push_str("</ul>\n");
    if gone.iter().any(|one| one.contents.is_some()) {
        out.push_str("<p>Items and sizes are DynamoDB's own count, which it renews about every six hours.</p>\n");
    }
    out.push_str("</section>\n");
}

/// The conditions that did not hold.
fn checks(out: &mut String, plan: &Plan) {
    let failed: Vec<String> = plan
        .checks
        .iter()
        .flat_map(|check| check.objects.iter().flatten())
        .filter(|object| matches!(object.status, CheckStatus::Fail | CheckStatus::Error))
        .flat_map(|object| {
            let addr = escape(&object.object_addr);
            let told = object.failure_messages.iter();
            told.map(move |message| format!("<li><code>{addr}</code>: {}</li>\n", escape(message)))
        })
        .collect();
    if !failed.is_empty() {
        out.push_str(
            "<section id=\"checks\" class=\"warning\">\n<h2>Checks that failed</h2>\n<ul>\n",
        );
        out.push_str(&failed.concat());
        out.push_str("</ul>\n</section>\n");
    }
}

/// Objects, each to be unfolded; what goes and what is replaced stands open.
fn objects(out: &mut String, id: &str, title: &str, parts: &[Part]) {
    if parts.is_empty() {
        return;
    }
    out.push_str(&format!(
        "<section id=\"{id}\">\n<h2>{title}</h2>\n<p class=\"controls\" hidden><button data-open=\"1\">Unfold all</button> <button data-open=\"\">Fold all</button> <input type=\"search\" placeholder=\"Find by address\" aria-label=\"Find by address\"></p>\n"
    ));
    for part in parts {
        let action = part.change.action;
        let open = match action == Action::Delete || action.is_replace() {
            true => " open",
            false => "",
        };
        let class = svg::class(action);
        out.push_str(&format!(
            "<details class=\"{class}\"{open}>\n<summary><span class=\"action\">{}</span> <code>{}</code></summary>\n{}</details>\n",
            word(action, id == "drift"),
            escape(&named(&part.change.addr, part.change.deposed.as_ref())),
            coloured(&part.text)
        ));
    }
    out.push_str("</section>\n");
}

fn word(action: Action, outside: bool) -> &'static str {
    match (action, outside) {
        (Action::Update, true) => "changed",
        (Action::Delete, true) => "deleted",
        (Action::NoOp, _) => "move",
        (Action::Create, _) => "create",
        (Action::Read, _) => "read",
        (Action::Update, _) => "update",
        (Action::DeleteThenCreate | Action::CreateThenDelete, _) => "replace",
        (Action::Delete, _) => "destroy",
        (Action::Forget, _) => "forget",
    }
}

/// The text of a change, each line in the colour of its sign.
fn coloured(text: &str) -> String {
    let mut out = String::from("<pre>");
    for line in text.lines() {
        let begun = line.trim_start();
        let class = match begun.get(..2).unwrap_or(begun) {
            "+ " => "add",
            "- " => "del",
            "~ " => "mod",
            "# " => "note",
            "-/" | "+/" => "mod",
            "<=" => "read",
            _ => "",
        };
        match class {
            "" => out.push_str(&escape(line)),
            class => out.push_str(&format!("<span class=\"{class}\">{}</span>", escape(line))),
        }
        out.push('\n');
    }
    out.push_str("</pre>\n");
    out
}

/// The graph of what needs what, what changes in its colour.
fn picture(out: &mut String, plan: &Plan, graph: &Resources) {
    out.push_str("<section id=\"graph\">\n<h2>What needs what</h2>\n");
    if graph.nodes.len() > LARGEST_GRAPH {
        out.push_str(&format!(
            "<p>There are {} resources, too many for a picture that can be read.</p>\n</section>\n",
            human::folding::grouped(graph.nodes.len())
        ));
        return;
    }
    let mut actions: BTreeMap<ConfigResource, Action> = BTreeMap::new();
    for change in plan.changes.iter().filter(|change| change.has_effect()) {
        // The gravest of a block's actions shows.
        let action = actions
            .entry(change.addr.resource.config())
            .or_insert(change.action);
        if gravity(change.action) > gravity(*action) {
            *action = change.action;
        }
    }
    let picture = Picture::of_resources(graph, &actions);
    out.push_str("<div class=\"picture\">\n");
    out.push_str(&svg::element(
        &picture,
        "Resources, each right of what it needs",
    ));
    out.push_str("</div>\n</section>\n");
}

fn gravity(action: Action) -> u8 {
    match action {
        Action::NoOp => 0,
        Action::Read => 1,
        Action::Create => 2,
        Action::Update => 3,
        Action::Forget => 4,
        Action::DeleteThenCreate | Action::CreateThenDelete => 5,
        Action::Delete => 6,
    }
}
