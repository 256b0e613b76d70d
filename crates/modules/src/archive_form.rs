//! The forms of archives, by what names and endings tell.

/// The forms of archives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    Zip,
    Tar,
    TarGz,
    TarBz2,
    TarXz,
}

/// Forms by the endings of their names.
const FORMS: [(&str, Form); 11] = [
    ("tar.gz", Form::TarGz),
    ("tgz", Form::TarGz),
    ("tar.bz2", Form::TarBz2),
    ("tbz2", Form::TarBz2),
    ("tar.xz", Form::TarXz),
    ("txz", Form::TarXz),
    ("tar", Form::Tar),
    ("zip", Form::Zip),
    // Names that nobody uses as an ending, but that `archive=` takes.
    ("tbz", Form::TarBz2),
    ("tar.bzip2", Form::TarBz2),
    ("tar.gzip", Form::TarGz),
];

impl Form {
    /// The form that `archive=` names.
    pub(crate) fn named(name: &str) -> Option<Self> {
        FORMS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, form)| *form)
    }

    /// The form that the ending of a path tells.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        FORMS
            .iter()
            .find(|(ending, _)| {
                path.strip_suffix(ending)
                    .is_some_and(|rest| rest.ends_with('.'))
            })
            .map(|(_, form)| *form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_tell_the_form() {
        assert_eq!(Form::of_path("/x/m.tar.gz"), Some(Form::TarGz));
        assert_eq!(Form::of_path("/x/m.zip"), Some(Form::Zip));
        assert_eq!(Form::of_path("/x/m"), None);
        assert_eq!(Form::of_path("/x/zip"), None);
        assert_eq!(Form::named("tar.xz"), Some(Form::TarXz));
    }
}
