//! Batches whose subjects lie in several regions: parted by region, asked about at once, answered in order.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::join_all;
use trueup_provider::{BoxFuture, Problem, ResourceType};
use trueup_value::Value;

use super::member;
use super::regional_type::RegionalType;

impl RegionalType {
    /// What the type answers in each region, in the order of the subjects: `ask` is given the type there,
    /// the region as a block names it (null for the provider's own) and the subjects that `region` says to
    /// be there. `refused` answers for the subjects of a region that can't be used.
    pub(super) fn each_region<'a, T: Send + 'a, A: Send + 'a>(
        &self,
        subjects: Vec<T>,
        region: impl Fn(&T) -> Option<String>,
        refused: impl Fn(T, Problem) -> A,
        ask: impl Fn(Arc<dyn ResourceType>, Value, Vec<T>) -> BoxFuture<'a, Vec<A>>,
    ) -> BoxFuture<'a, Vec<A>> {
        let mut groups: BTreeMap<Option<String>, (Vec<usize>, Vec<T>)> = BTreeMap::new();
        for (position, subject) in subjects.into_iter().enumerate() {
            let (positions, group) = groups.entry(region(&subject)).or_default();
            positions.push(position);
            group.push(subject);
        }
        let mut answers: Vec<(usize, A)> = Vec::new();
        let mut asked = Vec::new();
        for (region, (positions, group)) in groups {
            match self.in_region(region.as_deref()) {
                Ok(there) => {
                    let answers = ask(there, member::value(region.as_deref()), group);
                    asked.push(async move { positions.into_iter().zip(answers.await) });
                }
                Err(problem) => answers.extend(
                    positions
                        .into_iter()
                        .zip(group)
                        .map(|(position, subject)| (position, refused(subject, problem.clone()))),
                ),
            }
        }
        Box::pin(async move {
            answers.extend(join_all(asked).await.into_iter().flatten());
            answers.sort_by_key(|(position, _)| *position);
            answers.into_iter().map(|(_, answer)| answer).collect()
        })
    }
}
