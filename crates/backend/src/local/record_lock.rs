//! The system's record locks on a whole file.
//!
//! Terraform takes a POSIX record lock (`F_SETLK`). On Linux we take an open-file-description lock:
//! it excludes and is excluded by the former, but is not lost when another handle on the same file
//! is closed, and two locks within one process exclude each other too.
#![allow(
    unsafe_code,
    reason = "fcntl is the only interface to record locks, and std has none"
)]

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

#[cfg(target_os = "linux")]
const SET: libc::c_int = libc::F_OFD_SETLK;
#[cfg(target_os = "linux")]
const GET: libc::c_int = libc::F_OFD_GETLK;
#[cfg(not(target_os = "linux"))]
const SET: libc::c_int = libc::F_SETLK;
#[cfg(not(target_os = "linux"))]
const GET: libc::c_int = libc::F_GETLK;

/// The whole file, however long it gets.
fn whole(kind: libc::c_int) -> libc::flock {
    // SAFETY: flock is a plain C struct for which all zeros is a valid value.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    lock.l_type = kind as libc::c_short;
    lock.l_whence = libc::SEEK_SET as libc::c_short;
    lock
}

fn call(file: &File, command: libc::c_int, lock: &mut libc::flock) -> io::Result<()> {
    loop {
        // SAFETY: the descriptor is open as long as `file` is borrowed, and `lock` is a valid flock.
        let result = unsafe { libc::fcntl(file.as_raw_fd(), command, std::ptr::from_mut(lock)) };
        if result != -1 {
            return Ok(());
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// Takes the exclusive lock; `false` if somebody else has it.
pub(super) fn try_exclusive(file: &File) -> io::Result<bool> {
    match call(file, SET, &mut whole(libc::F_WRLCK as libc::c_int)) {
        Ok(()) => Ok(true),
        Err(error)
            if matches!(
                error.raw_os_error(),
                Some(libc::EAGAIN) | Some(libc::EACCES)
            ) =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Gives the lock up.
pub(super) fn unlock(file: &File) -> io::Result<()> {
    call(file, SET, &mut whole(libc::F_UNLCK as libc::c_int))
}

/// Whether somebody else's lock would keep us from taking one.
pub(super) fn is_held_elsewhere(file: &File) -> io::Result<bool> {
    let mut lock = whole(libc::F_WRLCK as libc::c_int);
    call(file, GET, &mut lock)?;
    Ok(lock.l_type != libc::F_UNLCK as libc::c_short)
}
