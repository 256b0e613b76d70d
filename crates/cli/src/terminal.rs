//! How wide the terminal is, where there is one.

/// The columns of the terminal that standard output goes to; `None` where it goes elsewhere.
pub fn columns() -> Option<u16> {
    let mut size = libc::winsize {
        ws_row: 0,
        ws_col: 0,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    // SAFETY: the call fills in the struct it is given, or fails.
    #[allow(unsafe_code)]
    let answer = unsafe { libc::ioctl(libc::STDOUT_FILENO, libc::TIOCGWINSZ, &raw mut size) };
    (answer == 0 && size.ws_col > 0).then_some(size.ws_col)
}
