//! How wide the terminal is, where there is one.

use std::os::fd::{AsRawFd, BorrowedFd};

/// The columns of the terminal behind a stream; `None` where it goes elsewhere.
pub fn columns(stream: BorrowedFd<'_>) -> Option<u16> {
    let mut size = libc::winsize {
        ws_row: 0,
        ws_col: 0,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    // SAFETY: the call fills in the struct it is given, or fails.
    #[expect(
        unsafe_code,
        reason = "the standard library does not know a terminal's size"
    )]
    let answer = unsafe { libc::ioctl(stream.as_raw_fd(), libc::TIOCGWINSZ, &raw mut size) };
    (answer == 0 && size.ws_col > 0).then_some(size.ws_col)
}
