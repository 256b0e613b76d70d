//! Changes that hand keys to each other: one takes the key that another gives up.
//!
//! They come of lists that shift (`count` with an element taken out), of exchanged keys and of addresses
//! that were renamed. One after the other they would meet what is about to go, so they become one job
//! that does what is left to do for each key: mostly nothing for those in the middle.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use trueup_aws::dynamodb::WriteAction;

use super::actions::{delete, delete_as_seen, put_new, update};
use super::batch::MOST_BYTES;
use super::compare::same_item;
use super::job::Job;
use super::key::fingerprint;
use super::said::Said;
use crate::dynamodb::known_tables::MOST_ACTIONS;
use trueup_provider::StepKind;

/// So many jobs of a chain are brought together at most: they touch one key more than they are.
const MOST_TOGETHER: usize = MOST_ACTIONS - 1;

/// The jobs of one table, those linked by keys brought together.
pub(crate) fn link(jobs: Vec<Job>) -> VecDeque<Job> {
    let gives: BTreeMap<String, usize> = jobs
        .iter()
        .enumerate()
        .filter_map(|(n, job)| Some((job.gives_up()?, n)))
        .collect();
    // Which job each one waits for.
    let after: Vec<Option<usize>> = jobs
        .iter()
        .enumerate()
        .map(|(n, job)| {
            let other = *gives.get(&job.takes()?)?;
            (other != n).then_some(other)
        })
        .collect();
    if after.iter().all(Option::is_none) {
        return jobs.into();
    }
    let groups = components(&after);
    let mut slots: Vec<Option<Job>> = jobs.into_iter().map(Some).collect();
    let mut linked = VecDeque::new();
    for group in groups {
        let mut members: Vec<Job> = Vec::with_capacity(group.len());
        members.extend(group.iter().filter_map(|n| slots[*n].take()));
        if members.len() < 2 {
            linked.extend(members);
            continue;
        }
        let whole = together(members);
        if whole.actions.len() <= MOST_ACTIONS && whole.size() <= MOST_BYTES {
            linked.push_back(whole);
            continue;
        }
        if is_a_circle(&whole) {
            linked.extend(around(whole.linked));
            continue;
        }
        // Each before those that wait for it: a part of a chain only needs the parts before it done.
        let mut rest = whole.linked.into_iter().peekable();
        while rest.peek().is_some() {
            let mut bytes = 0;
            let mut part = Vec::new();
            while let Some(job) = rest.next_if(|job| {
                bytes += job.size();
                part.is_empty() || (part.len() < MOST_TOGETHER && bytes <= MOST_BYTES)
            }) {
                part.push(job);
            }
            linked.push_back(together(part));
        }
    }
    linked
}

/// Whether every key that is given up is taken, and none besides: they change owners, and stay.
fn is_a_circle(whole: &Job) -> bool {
    let gives: BTreeSet<String> = whole.linked.iter().filter_map(Job::gives_up).collect();
    let takes: BTreeSet<String> = whole.linked.iter().filter_map(Job::takes).collect();
    gives == takes
}

/// The jobs of a circle that is too large for one request. No key comes or goes, so each changes the item
/// under the key that it takes, and needs none of the others. Whatever becomes of such a change, the key
/// changes hands: else two objects would have one.
fn around(members: Vec<Job>) -> Vec<Job> {
    let givers: BTreeMap<String, Said> = members
        .iter()
        .filter_map(|job| Some((job.gives_up()?, job.prior.clone()?)))
        .collect();
    let take_over = |job: Job| {
        let giver = job.takes().and_then(|key| givers.get(&key));
        match giver {
            Some(giver) => job.handed_on(giver),
            None => job,
        }
    };
    members.into_iter().map(take_over).collect()
}

/// The jobs that hang together, each before those that wait for it, in the order of their first.
fn components(after: &[Option<usize>]) -> Vec<Vec<usize>> {
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); after.len()];
    for (n, other) in after.iter().enumerate() {
        if let Some(other) = other {
            waiting[*other].push(n);
        }
    }
    let mut seen = vec![false; after.len()];
    let mut groups = Vec::new();
    let mut follow = |first: usize, seen: &mut Vec<bool>| {
        let mut group = Vec::new();
        let mut next = VecDeque::from([first]);
        while let Some(n) = next.pop_front() {
            if !std::mem::replace(&mut seen[n], true) {
                group.push(n);
                next.extend(&waiting[n]);
            }
        }
        groups.push(group);
    };
    for (n, other) in after.iter().enumerate() {
        if other.is_none() {
            follow(n, &mut seen);
        }
    }
    // What is left goes round in circles: it begins anywhere.
    for n in 0..after.len() {
        if !seen[n] {
            follow(n, &mut seen);
        }
    }
    groups
}

/// Several jobs as one: what is left to do for each key that they touch.
fn together(mut members: Vec<Job>) -> Job {
    if members.len() == 1
        && let Some(only) = members.pop()
    {
        return only;
    }
    let mut before: BTreeMap<String, usize> = BTreeMap::new();
    let mut after: BTreeMap<String, usize> = BTreeMap::new();
    for (n, job) in members.iter().enumerate() {
        if let Some(prior) = &job.prior {
            before.insert(fingerprint(&prior.key), n);
        }
        if let Some(wanted) = &job.wanted {
            after.insert(fingerprint(&wanted.key), n);
        }
    }
    let mut actions: Vec<WriteAction> = Vec::new();
    let mut owners = Vec::new();
    for (key, n) in &before {
        let giver = &members[*n];
        let Some(prior) = &giver.prior else { continue };
        match after.get(key) {
            None if giver.kind == StepKind::Delete => actions.push(delete(prior)),
            None => actions.push(delete_as_seen(prior)),
            Some(taker) => {
                let Some(wanted) = &members[*taker].wanted else {
                    continue;
                };
                if same_item(&prior.item, &wanted.item) {
                    continue;
                }
                actions.push(update(prior, wanted));
                owners.push(*taker);
                continue;
            }
        }
        owners.push(*n);
    }
    for (key, n) in &after {
        if let (false, Some(wanted)) = (before.contains_key(key), &members[*n].wanted) {
            actions.push(put_new(wanted));
            owners.push(*n);
        }
    }
    Job::together(members, actions, owners)
}
