//! `local serve` on a port that is asked for.

use std::net::TcpListener;

use trueup_testkit::Project;

use crate::bed::trueup;

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("it listens").port();
    let project = Project::new();
    let refused = trueup(&project)
        .run(&["local", "serve", &format!("-port={port}")])
        .expect_code(1);
    assert!(
        refused.stderr.contains(&format!("Port {port} on loopback")),
        "{}",
        refused.report()
    );
}
