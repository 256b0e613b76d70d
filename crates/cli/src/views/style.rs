//! Colour, where it is wanted.

/// Whether text is coloured.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Style {
    /// Colour the text by ANSI sequences.
    pub color: bool,
    /// The columns of the terminal; `None` where text goes elsewhere.
    pub columns: Option<u16>,
}

/// The columns of a page that is not a terminal.
const PAGE: usize = 78;
/// No text is broken into lines shorter than this, however narrow the terminal.
const NARROWEST: usize = 20;

/// The colours in use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Paint {
    /// Bold.
    Bold,
    /// Bold red.
    BoldRed,
    /// Bold green.
    BoldGreen,
    /// Bold cyan.
    BoldCyan,
    /// Bold yellow.
    BoldYellow,
    /// Red.
    Red,
    /// Green.
    Green,
    /// Yellow.
    Yellow,
    /// Cyan.
    Cyan,
    /// Dark grey.
    Gray,
    /// Underlined.
    Underline,
}

impl Paint {
    /// The ANSI sequence that turns it on.
    fn code(self) -> &'static str {
        match self {
            Self::Bold => "\x1b[1m",
            Self::BoldRed => "\x1b[1m\x1b[31m",
            Self::BoldGreen => "\x1b[1m\x1b[32m",
            Self::BoldCyan => "\x1b[1m\x1b[36m",
            Self::BoldYellow => "\x1b[1m\x1b[33m",
            Self::Red => "\x1b[31m",
            Self::Green => "\x1b[32m",
            Self::Yellow => "\x1b[33m",
            Self::Cyan => "\x1b[36m",
            Self::Gray => "\x1b[90m",
            Self::Underline => "\x1b[4m",
        }
    }
}

impl Style {
    /// No colour.
    #[cfg(test)]
    pub const PLAIN: Self = Self {
        color: false,
        columns: None,
    };

    /// Colour, on a page.
    #[cfg(test)]
    pub const COLOURED: Self = Self {
        color: true,
        columns: None,
    };

    /// How many columns text may take.
    pub fn width(self) -> usize {
        self.columns
            .map_or(PAGE, |columns| usize::from(columns).max(NARROWEST))
    }

    /// The text in a colour, where colour is wanted.
    pub fn paint(self, paint: Paint, text: impl AsRef<str>) -> String {
        let text = text.as_ref();
        if self.color {
            format!("{}{text}\x1b[0m", paint.code())
        } else {
            text.to_owned()
        }
    }

    /// The text in bold, where colour is wanted.
    pub fn bold(self, text: impl AsRef<str>) -> String {
        self.paint(Paint::Bold, text)
    }
}
