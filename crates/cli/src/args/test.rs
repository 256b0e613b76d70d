//! The flags of `test`.

use clap::Args;

use super::Variables;

/// `test`
#[derive(Clone, Debug, Args)]
pub struct Test {
    /// Only this test file; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub filter: Vec<String>,
    /// The folder of test files, beside those of the configuration itself.
    #[arg(long, value_name = "DIR", default_value = "tests")]
    pub test_directory: String,
    /// Values of variables.
    #[command(flatten)]
    pub variables: Variables,
    /// Show the plan or the state of each run.
    #[arg(long)]
    pub verbose: bool,
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Write JSON, one object a line.
    #[arg(long)]
    pub json: bool,
    /// Show warnings by their summary only.
    #[arg(long)]
    pub compact_warnings: bool,
    /// Leave a report in the form that JUnit's readers know.
    #[arg(long, value_name = "FILE")]
    pub junit_xml: Option<String>,
    /// How many calls may be under way at once.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub parallelism: usize,
    /// Terraform runs tests elsewhere with it; here it is refused.
    #[arg(long, value_name = "SOURCE", hide = true)]
    pub cloud_run: Option<String>,
    /// Passed over, as Terraform does.
    #[arg(hide = true)]
    pub rest: Vec<String>,
}
