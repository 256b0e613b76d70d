//! `fileset`: the files under a directory that match a pattern.

use std::path::PathBuf;

use trueup_value::Value;

use super::{is_file, shown, string_set};
use crate::context::{Context, FileKind};
use crate::function::{Call, Function, FunctionError, Parameter, Shape, call_error};
use crate::paths::clean;

/// `fileset`
pub static FILESET: Function = Function::new(
    "fileset",
    "The files under a directory whose paths match a pattern.",
    &[
        Parameter::string("path", "The directory."),
        Parameter::string(
            "pattern",
            "The pattern: * ? [a-z] {a,b} and ** for any directories.",
        ),
    ],
    Shape::Set(&Shape::String),
    fileset,
);

/// More files than this are not gone through.
const MOST_ENTRIES: usize = 1_000_000;

fn fileset(call: &Call<'_>) -> Result<Value, FunctionError> {
    let directory = shown(call.cx, call.text(0))?;
    let whole = clean(&format!("{directory}/{}", call.text(1)));
    let refused = || {
        call_error(format!(
            "failed to glob pattern {whole:?}: syntax error in pattern"
        ))
    };
    let mut search = Search {
        cx: call.cx,
        found: Vec::new(),
        left: MOST_ENTRIES,
    };
    for alternative in alternatives(&whole).ok_or_else(refused)? {
        let parts: Vec<Vec<Piece>> = alternative
            .split('/')
            .filter(|part| !part.is_empty())
            .map(pieces)
            .collect::<Option<_>>()
            .ok_or_else(refused)?;
        let root = if alternative.starts_with('/') {
            "/"
        } else {
            ""
        };
        search.walk(root.to_owned(), &parts)?;
    }
    let prefix = match directory.as_str() {
        "." => String::new(),
        "/" => "/".to_owned(),
        directory => format!("{directory}/"),
    };
    let itself = whole == directory || whole.ends_with("**");
    let relative = search.found.into_iter().filter_map(|path| {
        if path == directory {
            // A file in the place of the directory.
            return (!itself).then(|| ".".to_owned());
        }
        Some(
            path.strip_prefix(&prefix)
                .map(str::to_owned)
                .unwrap_or_else(|| upwards(&directory, &path)),
        )
    });
    Ok(string_set(relative.collect::<Vec<_>>()))
}

/// The way from a directory to a file that is not under it.
fn upwards(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').filter(|part| *part != ".").collect();
    let to: Vec<&str> = to.split('/').collect();
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut way: Vec<&str> = vec![".."; from.len() - common];
    way.extend(&to[common..]);
    way.join("/")
}

/// The patterns that the braces of one stand for; `None` where they do not close.
fn alternatives(pattern: &str) -> Option<Vec<String>> {
    let Some(open) = unescaped(pattern, '{') else {
        return Some(vec![pattern.to_owned()]);
    };
    let (mut depth, mut escaped, mut starts, mut close) = (0_usize, false, vec![open + 1], None);
    for (at, c) in pattern.char_indices().skip_while(|(at, _)| *at < open) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            ',' if depth == 1 => starts.push(at + 1),
            '}' => {
                depth -= 1;
                if depth == 0 {
                    close = Some(at);
                    break;
                }
            }
            _ => {}
        }
    }
    let close = close?;
    let mut all = Vec::new();
    for (number, start) in starts.iter().enumerate() {
        let end = starts.get(number + 1).map_or(close, |next| next - 1);
        let chosen = format!(
            "{}{}{}",
            &pattern[..open],
            &pattern[*start..end],
            &pattern[close + 1..]
        );
        all.extend(alternatives(&chosen)?);
        if all.len() > MOST_ENTRIES / 1000 {
            return None;
        }
    }
    Some(all)
}

fn unescaped(pattern: &str, wanted: char) -> Option<usize> {
    let mut escaped = false;
    let mut in_class = false;
    for (at, c) in pattern.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            c if c == wanted && !in_class => return Some(at),
            _ => {}
        }
    }
    None
}

/// A piece of the pattern for one name.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Char(char),
    One,
    Any,
    AnyDirectories,
    Class {
        not: bool,
        ranges: Vec<(char, char)>,
    },
}

fn pieces(part: &str) -> Option<Vec<Piece>> {
    if part == "**" {
        return Some(vec![Piece::AnyDirectories]);
    }
    let mut pieces = Vec::new();
    let mut chars = part.chars().peekable();
    while let Some(c) = chars.next() {
        pieces.push(match c {
            '*' => Piece::Any,
            '?' => Piece::One,
            '\\' => Piece::Char(chars.next()?),
            '[' => {
                let not = chars.next_if(|c| matches!(c, '^' | '!')).is_some();
                let mut ranges = Vec::new();
                loop {
                    let mut next = || match chars.next()? {
                        '\\' => chars.next(),
                        c => Some(c),
                    };
                    let low = next()?;
                    if low == ']' && !ranges.is_empty() {
                        break;
                    }
                    if low == ']' {
                        return None;
                    }
                    let high = if chars.next_if_eq(&'-').is_some() {
                        match chars.next()? {
                            '\\' => chars.next()?,
                            ']' => return None,
                            c => c,
                        }
                    } else {
                        low
                    };
                    ranges.push((low, high));
                }
                Piece::Class { not, ranges }
            }
            c => Piece::Char(c),
        });
    }
    Some(pieces)
}

/// Whether a name matches. Going back only to the last `*` keeps it quadratic at worst.
fn matches(pieces: &[Piece], name: &[char]) -> bool {
    let (mut at, mut piece) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while at < name.len() {
        let fits = match pieces.get(piece) {
            Some(Piece::Any | Piece::AnyDirectories) => {
                back = Some((piece, at));
                piece += 1;
                continue;
            }
            Some(Piece::Char(c)) => *c == name[at],
            Some(Piece::One) => true,
            Some(Piece::Class { not, ranges }) => {
                ranges
                    .iter()
                    .any(|(low, high)| (*low..=*high).contains(&name[at]))
                    != *not
            }
            None => false,
        };
        if fits {
            at += 1;
            piece += 1;
        } else if let Some((star, from)) = back {
            back = Some((star, from + 1));
            at = from + 1;
            piece = star + 1;
        } else {
            return false;
        }
    }
    pieces[piece..]
        .iter()
        .all(|piece| matches!(piece, Piece::Any | Piece::AnyDirectories))
}

struct Search<'a> {
    cx: &'a Context<'a>,
    found: Vec<String>,
    left: usize,
}

impl Search<'_> {
    fn located(&self, path: &str) -> PathBuf {
        self.cx.located(if path.is_empty() { "." } else { path })
    }

    fn below(path: &str, name: &str) -> String {
        match path {
            "" => name.to_owned(),
            "/" => format!("/{name}"),
            path => format!("{path}/{name}"),
        }
    }

    fn names(&mut self, path: &str) -> Result<Vec<String>, FunctionError> {
        // A directory that cannot be read has no files to offer, as one that is not there.
        let mut names = self.cx.files.list(&self.located(path)).unwrap_or_default();
        names.sort();
        self.left = self
            .left
            .checked_sub(names.len())
            .ok_or_else(|| call_error("there are too many files to go through"))?;
        Ok(names)
    }

    fn walk(&mut self, path: String, parts: &[Vec<Piece>]) -> Result<(), FunctionError> {
        let Some((part, rest)) = parts.split_first() else {
            if !path.is_empty() && is_file(self.cx, &self.located(&path)) {
                self.found.push(path);
            }
            return Ok(());
        };
        if part[..] == [Piece::AnyDirectories] {
            self.walk(path.clone(), rest)?;
            for name in self.names(&path)? {
                let next = Self::below(&path, &name);
                let kind = self.cx.files.kind(&self.located(&next));
                match kind {
                    Ok(FileKind::Directory) => self.walk(next, parts)?,
                    Ok(FileKind::File) if rest.is_empty() => self.found.push(next),
                    _ => {}
                }
            }
            return Ok(());
        }
        if let Some(name) = plain(part) {
            return self.walk(Self::below(&path, &name), rest);
        }
        for name in self.names(&path)? {
            let chars: Vec<char> = name.chars().collect();
            if matches(part, &chars) {
                self.walk(Self::below(&path, &name), rest)?;
            }
        }
        Ok(())
    }
}

/// The name that a part without wildcards stands for.
fn plain(part: &[Piece]) -> Option<String> {
    part.iter()
        .map(|piece| match piece {
            Piece::Char(c) => Some(*c),
            _ => None,
        })
        .collect()
}
