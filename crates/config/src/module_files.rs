//! Which files of a folder make its module, and in which order they are read.

/// The files of a module by name, in the order in which they count.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ModuleFiles {
    /// Files whose blocks stand beside each other.
    pub primary: Vec<String>,
    /// Files whose blocks change those of the primary files, one after the other.
    pub overrides: Vec<String>,
}

/// The endings of configuration files; the first of each pair goes before the second of the same name.
const ENDINGS: [(&str, &str); 2] = [(".tofu.json", ".tf.json"), (".tofu", ".tf")];

/// Sorts out a folder's plain files.
pub(crate) fn module_files(mut names: Vec<String>) -> ModuleFiles {
    names.sort();
    let mut files = ModuleFiles::default();
    for name in &names {
        let Some((stem, preferred)) = stem(name) else {
            continue;
        };
        let replaced = preferred.is_some_and(|other| names.binary_search(&other).is_ok());
        if is_ignored_file(name) || replaced {
            continue;
        }
        if stem == "override" || stem.ends_with("_override") {
            files.overrides.push(name.clone());
        } else {
            files.primary.push(name.clone());
        }
    }
    files
}

/// The name of a configuration file without its ending, and the name that would take its place.
fn stem(name: &str) -> Option<(&str, Option<String>)> {
    ENDINGS.iter().find_map(|(first, second)| {
        if let Some(stem) = name.strip_suffix(first) {
            return Some((stem, None));
        }
        let stem = name.strip_suffix(second)?;
        Some((stem, Some(format!("{stem}{first}"))))
    })
}

/// Whether a file of this name belongs to the configuration of its folder.
pub fn is_configuration_file(name: &str) -> bool {
    stem(name).is_some() && !is_ignored_file(name)
}

/// Whether files of this name are passed over everywhere: hidden ones, and those that editors leave behind.
pub fn is_ignored_file(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_sorted_out() {
        let names = "z.tf a_override.tf override.tf.json b.tofu b.tf b.tf.json c.tofu.json c.tf.json .x.tf y.tf~ #q.tf# n.txt overridestf.tf override.tofu override.tf myoverride.tf";
        let files = module_files(names.split(' ').map(str::to_string).collect());
        assert_eq!(
            files.primary,
            [
                "b.tf.json",
                "b.tofu",
                "c.tofu.json",
                "myoverride.tf",
                "overridestf.tf",
                "z.tf"
            ]
        );
        assert_eq!(
            files.overrides,
            ["a_override.tf", "override.tf.json", "override.tofu"]
        );
    }
}
