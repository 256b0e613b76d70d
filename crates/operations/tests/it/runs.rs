//! From begin to end: the state is there afterwards, the lock is gone, the next run goes on.

use trueup_executor::Applied;
use trueup_operations::drift::Rules;
use trueup_operations::{Project, Stale};
use trueup_plan::Mode;
use trueup_value::Value;

use crate::bed::{Bed, block_on, options, summaries};

const TWO: &str = r#"
resource "lab_table" "orders" {
  name = "orders"
  size = 1
}

resource "lab_table" "events" {
  name = "events"
  note = lab_table.orders.id
}

output "id" {
  value = lab_table.orders.id
}
"#;

#[test]
fn apply_then_nothing_then_destroy() {
    let bed = Bed::new(TWO);
    block_on(async {
        let (applied, said) = bed.apply(Mode::Normal).await;
        assert!(said.is_empty(), "{said:?}");
        let wanted = Applied {
            added: 2,
            ..Applied::default()
        };
        assert_eq!(applied, wanted);
        let first = bed.folder.read("terraform.tfstate").expect("a state");
        assert!(first.contains("\"serial\": 1,"), "{first}");

        let mut run = bed.begin().await.expect("the lock was released");
        let (plan, _) = run.plan(options(Mode::Normal)).await;
        assert!(plan.is_noop() && !plan.applyable);
        assert_eq!(
            run.state().outputs["id"].value,
            Value::string("id-of-orders")
        );
        run.apply(&plan).await;
        run.end().await;
        assert_eq!(bed.folder.read("terraform.tfstate"), Some(first));

        let (applied, said) = bed.apply(Mode::Destroy).await;
        assert!(said.is_empty(), "{said:?}");
        assert_eq!(applied.destroyed, 2);
        let last = bed.folder.read("terraform.tfstate").expect("a state");
        assert!(last.contains("\"resources\": []"), "{last}");
        assert!(bed.lab.lock().objects.is_empty());
    });
}

#[test]
fn two_runs_do_not_meet() {
    let bed = Bed::new(TWO);
    block_on(async {
        let run = bed.begin().await.expect("nobody holds the state");
        let refused = bed.begin().await.err().expect("somebody holds it");
        assert_eq!(summaries(&refused), ["Error acquiring the state lock"]);
        run.end().await;
        bed.begin().await.expect("it was released").end().await;
    });
}

#[test]
fn a_plan_is_stale_once_the_state_has_moved_on() {
    let bed = Bed::new(TWO);
    block_on(async {
        let mut run = bed.begin().await.expect("nobody holds the state");
        let (plan, _) = run.plan(options(Mode::Normal)).await;
        assert_eq!(run.staleness(&plan), None);
        run.apply(&plan).await;
        assert_eq!(run.staleness(&plan), Some(Stale::Changed));
        let (mut later, _) = run.plan(options(Mode::Normal)).await;
        assert_eq!(run.staleness(&later), None);
        later.prev_run_state.lineage = "another".into();
        assert_eq!(run.staleness(&later), Some(Stale::OtherLineage));
        run.end().await;
    });
}

#[test]
fn a_lost_answer_is_found_by_the_next_run() {
    let bed = Bed::new(TWO);
    block_on(async {
        bed.lab.lock().lost.insert("create orders".into());
        let (applied, said) = bed.apply(Mode::Normal).await;
        assert_eq!(applied.added, 0);
        assert_eq!(summaries(&said), ["The lab refused"]);
        bed.lab.lock().lost.clear();
        bed.lab.lock().log.clear();
        let (applied, said) = bed.apply(Mode::Normal).await;
        assert!(said.is_empty(), "{said:?}");
        assert_eq!(applied.added, 1);
        let calls = std::mem::take(&mut bed.lab.lock().log);
        assert_eq!(calls, ["read lab_table.orders", "create events"]);
    });
}

#[test]
fn drift_is_reported_attribute_by_attribute() {
    let bed = Bed::new(TWO);
    block_on(async {
        bed.apply(Mode::Normal).await;
        {
            let mut lab = bed.lab.lock();
            let size = ("size".to_owned(), Value::number(5));
            lab.drifted.insert("orders".into(), size);
            lab.absent.insert("events".into());
        }
        let mut run = bed.begin().await.expect("nobody holds the state");
        let (_, report, _) = run.drift(Vec::new(), &Rules::default()).await;
        run.end().await;
        assert_eq!((report.serial, report.looked_at.len()), (1, 2));
        let objects = report.objects.iter().map(|object| {
            let paths = object
                .attributes
                .iter()
                .map(|one| one.difference.path.to_string());
            (
                object.addr.to_string(),
                object.deleted,
                paths.collect::<Vec<_>>(),
            )
        });
        let wanted = [
            ("lab_table.events".to_owned(), true, vec![]),
            (
                "lab_table.orders".to_owned(),
                false,
                vec![".size".to_owned()],
            ),
        ];
        assert_eq!(objects.collect::<Vec<_>>(), wanted);
    });
}

#[test]
fn an_infinite_number_is_refused_before_anything_is_done() {
    let bed = Bed::new("output \"much\" {\n  value = 1 / 0\n}\n");
    block_on(async {
        let (_, said) = bed.apply(Mode::Normal).await;
        assert_eq!(summaries(&said), ["Value can't be stored"]);
        assert_eq!(bed.folder.read("terraform.tfstate"), None);
    });
}

#[test]
fn a_saved_configuration_reads_as_the_folder_did() {
    let bed = Bed::new(TWO);
    let project = bed.project();
    let (again, said) = Project::of_snapshot(project.files.clone());
    assert!(said.is_empty(), "{said:?}");
    let names = |project: &Project| {
        let resources = &project.config.root.module.resources;
        resources
            .keys()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&again), names(&project));
}

#[test]
fn an_empty_folder_is_refused_where_a_configuration_is_required() {
    let bed = Bed::new("");
    bed.folder.remove("main.tf");
    let (_, said) = Project::read(&bed.world, true);
    assert_eq!(summaries(&said), ["No configuration files"]);
    let (_, said) = Project::read(&bed.world, false);
    assert!(said.is_empty(), "{said:?}");
}
