//! `templatefile` and `templatestring`: texts from elsewhere rendered as templates.

use trueup_addrs::ProviderAddr;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_functions::{Context, Function, FunctionError, argument_error, call_error, text_of};
use trueup_parser::{
    Expr, ExprKind, Literal, TemplatePart, Traversal, is_identifier, parse_template,
};
use trueup_value::{Marks, Type, Value};

use super::calls::{Argument, Site};
use super::scope::{Resolved, Scope};
use super::variables_text::decode_tfvars;
use super::walker::{Frame, Walker};

/// The names that a template may refer to.
struct TemplateScope<'a> {
    vars: &'a Value,
    /// The scope of the call, which has the functions.
    around: &'a dyn Scope,
    sources: &'a Sources,
}

impl Scope for TemplateScope<'_> {
    fn resolve(&self, reference: &Traversal, span: Span) -> Result<Resolved, Diagnostic> {
        match self.vars.member(&reference.root.name) {
            Some(value) => Ok(Resolved::new(value.clone(), 0)),
            None => Err(Diagnostic::error(
                "Unknown variable",
                format!("There is no variable named {:?}.", reference.root.name),
            )
            .at(span)),
        }
    }

    fn functions(&self) -> Option<&Context<'_>> {
        self.around.functions()
    }

    fn required_provider(&self, local_name: &str) -> Option<ProviderAddr> {
        self.around.required_provider(local_name)
    }

    fn provider_function(&self, local_name: &str, function: &str) -> Option<&'static Function> {
        self.around.provider_function(local_name, function)
    }

    fn sources(&self) -> Option<&Sources> {
        Some(self.sources)
    }
}

const NOT_A_REFERENCE: &str = "invalid template expression: must be a direct reference to a single string from elsewhere, containing valid Terraform template syntax";
const LITERAL: &str = "invalid template expression: templatestring is only for rendering templates retrieved dynamically from elsewhere, and so does not support providing a literal template; consider using a template string expression instead";
const INLINE: &str = "invalid template expression: templatestring is only for rendering templates retrieved dynamically from elsewhere; to render an inline template, consider using a plain template string expression";

impl Walker<'_> {
    /// A function whose body is not among the plain ones.
    pub(super) fn evaluated(
        &mut self,
        site: &Site<'_>,
        values: &[Value],
    ) -> Result<Value, FunctionError> {
        match site.function.name {
            "templatefile" => self.template_file(site, values),
            "templatestring" => self.template_string(site, values),
            "decode_tfvars" => decode_tfvars(&values[0]),
            _ => Err(call_error(format!(
                "the function {:?} is only available in the console",
                site.function.name
            ))),
        }
    }

    fn refuse_nesting(&self, site: &Site<'_>) -> Result<(), FunctionError> {
        if self.rendering {
            return Err(call_error(format!(
                "cannot recursively call {} from inside another template function",
                site.function.name
            )));
        }
        Ok(())
    }

    fn template_file(&mut self, site: &Site<'_>, values: &[Value]) -> Result<Value, FunctionError> {
        self.refuse_nesting(site)?;
        let [path, vars] = values else {
            return Ok(Value::dynamic_unknown());
        };
        let (path, path_marks) = path.unmark();
        check_null(&path, 0)?;
        check_null(vars, 1)?;
        let marks = path_marks | vars.marks_inside();
        let (Some(path), Some(context), true) =
            (path.as_str(), self.scope.functions(), vars.is_known())
        else {
            return Ok(Value::dynamic_unknown().with_marks(marks));
        };
        let text = text_of(context, path)?;
        self.rendered(path, &text, vars, marks)
    }

    fn template_string(
        &mut self,
        site: &Site<'_>,
        values: &[Value],
    ) -> Result<Value, FunctionError> {
        self.refuse_nesting(site)?;
        let [template, vars] = values else {
            return Ok(Value::dynamic_unknown());
        };
        if let Some(Argument::Written(expr)) = site.args.first() {
            is_reference(expr).map_err(|message| argument_error(0, message))?;
        }
        check_null(vars, 1)?;
        let (template, template_marks) = template.unmark();
        let marks = template_marks | vars.marks_inside();
        let unusable = || argument_error(0, "invalid template value: a string is required");
        if template.is_null() {
            return Err(unusable());
        }
        if !template.is_known() || !vars.is_known() {
            return match template.ty() {
                Type::String | Type::Dynamic => Ok(Value::dynamic_unknown().with_marks(marks)),
                _ => Err(unusable()),
            };
        }
        let text = template.as_str().ok_or_else(unusable)?;
        self.rendered("<templatestring argument>", text, vars, marks)
    }

    fn rendered(
        &self,
        name: &str,
        text: &str,
        vars: &Value,
        marks: Marks,
    ) -> Result<Value, FunctionError> {
        let mut sources = Sources::new();
        let id = sources.add(name, text);
        let (expr, diagnostics) = parse_template(id, name, text, 0);
        refuse(&diagnostics, &sources)?;
        let vars = vars.without_marks_inside();
        let Some(members) = vars.as_members() else {
            return Err(argument_error(1, "invalid vars value: must be a map"));
        };
        if let Some(name) = members.keys().find(|name| !is_identifier(name)) {
            return Err(argument_error(
                1,
                format!(
                    "invalid template variable name {name:?}: must start with a letter, followed by zero or more letters, digits, and underscores"
                ),
            ));
        }
        for reference in expr.references() {
            let root = &reference.traversal.root;
            if !members.contains_key(&root.name) {
                return Err(argument_error(
                    1,
                    format!(
                        "vars map does not contain key {:?}, referenced at {}",
                        root.name,
                        sources.place(root.span)
                    ),
                ));
            }
        }
        let scope = TemplateScope {
            vars: &vars,
            around: self.scope,
            sources: &sources,
        };
        let mut inner = Walker::new(&scope, true);
        let value = inner.eval(&expr, &Frame::OUTERMOST);
        refuse(&inner.into_diagnostics(), &sources)?;
        Ok(value.with_marks(marks))
    }
}

fn check_null(value: &Value, argument: usize) -> Result<(), FunctionError> {
    if value.is_null() {
        return Err(argument_error(argument, "argument must not be null"));
    }
    Ok(())
}

/// Errors inside a template as the message of the call.
fn refuse(diagnostics: &Diagnostics, sources: &Sources) -> Result<(), FunctionError> {
    if !diagnostics.has_errors() {
        return Ok(());
    }
    let mut message = String::new();
    if let Some(first) = diagnostics.errors().next() {
        let place = first
            .subject
            .map(|span| format!("{}: ", sources.place(span)))
            .unwrap_or_default();
        message = format!("{place}{}; {}", first.summary, first.detail);
    }
    match diagnostics.len() {
        0 | 1 => {}
        more => message.push_str(&format!(", and {} other diagnostic(s)", more - 1)),
    }
    Err(call_error(message))
}

fn is_reference(expr: &Expr) -> Result<(), &'static str> {
    match &expr.kind {
        ExprKind::Traversal(_) => Ok(()),
        ExprKind::RelativeTraversal { source, .. } => is_reference(source),
        ExprKind::Index { collection, .. } => is_reference(collection),
        ExprKind::Literal(Literal::String(_)) => Err(LITERAL),
        ExprKind::Template(template)
            if template
                .parts
                .iter()
                .all(|part| matches!(part, TemplatePart::Literal { .. })) =>
        {
            Err(LITERAL)
        }
        ExprKind::Template(_) | ExprKind::TemplateWrap(_) => Err(INLINE),
        _ => Err(NOT_A_REFERENCE),
    }
}
