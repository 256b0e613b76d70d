//! A resource type in whichever region its instances name.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use trueup_provider::{
    Adoption, ApplyOutcome, Batching, BoxFuture, Contents, Context, Imported, Intent, Object, Part,
    PlanRequest, Planned, Problem, Progress, ReadOutcome, ReadRequest, ResourceType, Step,
    StepKind, same_but_for_zero,
};
use trueup_value::{Path, Value};

use super::member::{self, REGION};
use super::placed::{Tagged, at, imported_at, outcome_at, read_at};
use super::places::{Place, Places};

/// Makes the type for one region.
pub(crate) type Make = fn(&Place) -> Arc<dyn ResourceType>;

/// The type under one provider configuration, in all regions.
pub(crate) struct RegionalType {
    places: Arc<Places>,
    make: Make,
    home: Arc<dyn ResourceType>,
    elsewhere: Mutex<BTreeMap<String, Arc<dyn ResourceType>>>,
    /// Whether the region of its objects stands in state where no block names one.
    telling: bool,
}

impl RegionalType {
    /// The type that `make` makes, in the region that each instance names.
    pub(crate) fn new(places: Arc<Places>, make: Make) -> Self {
        Self {
            home: make(&places.home),
            places,
            make,
            elsewhere: Mutex::default(),
            telling: false,
        }
    }

    /// The same for a type that tells the region of its objects.
    pub(crate) fn telling(mut self) -> Self {
        self.telling = true;
        self
    }

    /// A region as it stands in state.
    fn shown(&self, region: Value) -> Value {
        match self.telling && region.is_null() {
            true => Value::string(&self.places.home.aws.region),
            false => region,
        }
    }

    /// The type in a region; in the provider's own where none is named.
    pub(super) fn in_region(&self, region: Option<&str>) -> Result<Arc<dyn ResourceType>, Problem> {
        let region = match region {
            Some(region) if !self.is_home(region) => region,
            _ => return Ok(Arc::clone(&self.home)),
        };
        let mut elsewhere = self
            .elsewhere
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(there) = elsewhere.get(region) {
            return Ok(Arc::clone(there));
        }
        let place = self.places.place(Some(region))?;
        let there = (self.make)(&place);
        elsewhere.insert(region.to_owned(), Arc::clone(&there));
        Ok(there)
    }

    fn is_home(&self, region: &str) -> bool {
        region == self.places.home.aws.region
    }

    /// The region that a member stands for.
    fn effective<'v>(&'v self, value: &'v Value) -> &'v str {
        member::named(value).unwrap_or(&self.places.home.aws.region)
    }

    /// The region that a step works in, as its object's member says it.
    fn region_of(step: &Step) -> Value {
        let prior = step.prior.as_ref().map(|prior| &prior.value);
        let planned = step.planned.as_ref().or(step.config.as_ref());
        match step.kind {
            StepKind::Delete => prior.map_or_else(member::unset, member::of),
            StepKind::Create | StepKind::Update => {
                let said = planned.map_or_else(member::unset, member::of);
                if said.is_known() {
                    return said;
                }
                // Decided by now: the configuration of a step is wholly known.
                step.config
                    .as_ref()
                    .map(member::of)
                    .filter(Value::is_known)
                    .unwrap_or_else(member::unset)
            }
        }
    }

    /// The outcome of an update that writes down the region and changes nothing else.
    fn only_named(step: &Step) -> Option<ApplyOutcome> {
        let (Some(prior), Some(planned)) = (&step.prior, &step.planned) else {
            return None;
        };
        if step.kind != StepKind::Update || !planned.is_wholly_known() {
            return None;
        }
        let region = member::of(planned);
        let same = member::with(prior.value.clone(), &region).raw_equals(planned);
        same.then(|| {
            let object = Object {
                value: planned.clone(),
                private: prior.private.clone(),
            };
            ApplyOutcome::Done(Some(object), Vec::new())
        })
    }
}

impl ResourceType for RegionalType {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        let prior = request.prior.map(|prior| &prior.value);
        let configured = member::of(request.config);
        let region = match prior {
            // A region that was named once stays.
            Some(prior) if configured.is_null() => member::of(prior),
            _ => configured,
        };
        let there = match self.in_region(region.as_str()) {
            Ok(there) => there,
            Err(problem) => {
                return Planned {
                    problems: vec![problem],
                    ..Planned::new(request.proposed.clone())
                };
            }
        };
        let mut planned = there.plan(request.clone());
        let region = match self.telling && prior.is_none() && region.is_null() {
            // Known only when it is there.
            true => Value::unknown(trueup_value::Type::String),
            false => region,
        };
        planned.value = member::with(planned.value, &region);
        if let Some(prior) = prior
            && (!region.is_known() || self.effective(&planned.value) != self.effective(prior))
        {
            planned.requires_replace.push(Path::new().attr(REGION));
        }
        // To the older plugin kit an object that differs in null and zero alone stands as it is.
        if let Some(prior) = prior
            && there.zero_is_unset()
            && same_but_for_zero(prior, &planned.value)
        {
            planned.value = prior.clone();
            planned.requires_replace.clear();
        }
        planned
    }

    fn read<'a>(&'a self, cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        Box::pin(async move {
            let region = member::of(&request.prior.value);
            match self.in_region(region.as_str()) {
                Ok(there) => read_at(there.read(cx, request).await, &self.shown(region)),
                Err(problem) => ReadOutcome::Failed(problem),
            }
        })
    }

    fn read_many<'a>(
        &'a self,
        cx: &'a Context,
        requests: Vec<ReadRequest>,
    ) -> BoxFuture<'a, Vec<ReadOutcome>> {
        let region = |request: &ReadRequest| member::named(&request.prior.value).map(str::to_owned);
        let refused = |_, problem| ReadOutcome::Failed(problem);
        self.each_region(requests, region, refused, move |there, region, requests| {
            let region = self.shown(region);
            Box::pin(async move {
                let answers = there.read_many(cx, requests).await.into_iter();
                answers.map(|answer| read_at(answer, &region)).collect()
            })
        })
    }

    fn left_out(&self, value: &Value) {
        if let Ok(there) = self.in_region(member::named(value)) {
            there.left_out(value);
        }
    }

    fn contents(&self, value: &Value) -> Option<Contents> {
        self.in_region(member::named(value)).ok()?.contents(value)
    }

    fn parts<'a>(
        &'a self,
        cx: &'a Context,
        value: &'a Value,
    ) -> BoxFuture<'a, Result<Vec<Part>, Problem>> {
        Box::pin(async move {
            let there = self.in_region(member::named(value))?;
            let mut parts = there.parts(cx, value).await?;
            if let Some(region) = member::named(value) {
                for part in &mut parts {
                    let region = (Value::string(region), None);
                    part.shared.insert(REGION.into(), region);
                }
            }
            Ok(parts)
        })
    }

    fn apply<'a>(
        &'a self,
        cx: &'a Context,
        step: Step,
        progress: &'a dyn Progress,
    ) -> BoxFuture<'a, ApplyOutcome> {
        Box::pin(async move {
            if let Some(done) = Self::only_named(&step) {
                return done;
            }
            let region = Self::region_of(&step);
            match self.in_region(region.as_str()) {
                Ok(there) => {
                    let region = self.shown(region);
                    let progress = Tagged {
                        to: progress,
                        region: region.clone(),
                    };
                    outcome_at(there.apply(cx, step, &progress).await, &region)
                }
                Err(problem) => ApplyOutcome::Failed(step.prior, vec![problem]),
            }
        })
    }

    fn batching(&self) -> Batching {
        self.home.batching()
    }

    fn ties(&self, step: &Step) -> Vec<String> {
        let region = Self::region_of(step).as_str().map(str::to_owned);
        match self.in_region(region.as_deref()) {
            Ok(there) => there.ties(step),
            Err(_) => Vec::new(),
        }
    }

    fn apply_many<'a>(
        &'a self,
        cx: &'a Context,
        steps: Vec<Step>,
    ) -> BoxFuture<'a, Vec<ApplyOutcome>> {
        let done: Vec<Option<ApplyOutcome>> = steps.iter().map(Self::only_named).collect();
        let left = steps.into_iter().zip(&done);
        let left: Vec<Step> = left
            .filter_map(|(step, done)| done.is_none().then_some(step))
            .collect();
        let region = |step: &Step| Self::region_of(step).as_str().map(str::to_owned);
        let refused = |step: Step, problem| ApplyOutcome::Failed(step.prior, vec![problem]);
        let asked = self.each_region(left, region, refused, move |there, region, steps| {
            let region = self.shown(region);
            Box::pin(async move {
                let outcomes = there.apply_many(cx, steps).await.into_iter();
                outcomes.map(|one| outcome_at(one, &region)).collect()
            })
        });
        Box::pin(async move {
            let mut asked = asked.await.into_iter();
            done.into_iter()
                .map(|done| {
                    done.or_else(|| asked.next())
                        .unwrap_or(ApplyOutcome::NotTried)
                })
                .collect()
        })
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        let Ok(there) = self.in_region(member::named(value)) else {
            return BTreeMap::new();
        };
        let mut identity = there.identity(value);
        if !identity.is_empty() {
            identity.insert(REGION.to_owned(), self.effective(value).to_owned());
        }
        identity
    }

    fn zero_is_unset(&self) -> bool {
        self.home.zero_is_unset()
    }

    fn with_name(&self, planned: &Value, token: &str) -> Option<Value> {
        self.home.with_name(planned, token)
    }

    fn made_id(&self, value: &Value) -> Option<String> {
        self.home.made_id(value)
    }

    fn digest(&self, value: &Value) -> String {
        self.home.digest(value)
    }

    fn recover<'a>(
        &'a self,
        cx: &'a Context,
        intents: Vec<Intent>,
    ) -> BoxFuture<'a, Vec<Adoption>> {
        let region = |intent: &Intent| {
            let named = intent.identity.get(REGION).cloned();
            let in_state = intent.in_state.as_ref();
            named
                .or_else(|| in_state.and_then(|o| member::named(&o.value).map(str::to_owned)))
                .filter(|region| !self.is_home(region))
        };
        let refused = |_, problem| Adoption::Unclear(problem);
        self.each_region(intents, region, refused, move |there, region, intents| {
            // A region that state names stays named, also where it is the provider's own.
            let regions: Vec<Value> = intents
                .iter()
                .map(|intent| match &intent.in_state {
                    Some(object) if region.is_null() => member::of(&object.value),
                    _ => region.clone(),
                })
                .map(|region| self.shown(region))
                .collect();
            Box::pin(async move {
                let judged = there.recover(cx, intents).await.into_iter().zip(regions);
                judged
                    .map(|(one, region)| match one {
                        Adoption::Adopt(object) => Adoption::Adopt(at(object, &region)),
                        other => other,
                    })
                    .collect()
            })
        })
    }

    fn import<'a>(
        &'a self,
        cx: &'a Context,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Imported>, Problem>> {
        Box::pin(async move {
            let (id, region) = member::split_id(id);
            let found = self.in_region(region)?.import(cx, id).await?;
            let region = self.shown(member::value(region));
            Ok(imported_at(found, &region))
        })
    }

    fn import_many<'a>(
        &'a self,
        cx: &'a Context,
        ids: Vec<String>,
    ) -> BoxFuture<'a, Vec<Result<Vec<Imported>, Problem>>> {
        let region = |id: &String| member::split_id(id).1.map(str::to_owned);
        let refused = |_, problem| Err(problem);
        self.each_region(ids, region, refused, move |there, region, ids| {
            let region = self.shown(region);
            let ids = ids
                .into_iter()
                .map(|id| member::split_id(&id).0.to_owned())
                .collect();
            Box::pin(async move {
                let found = there.import_many(cx, ids).await.into_iter();
                found
                    .map(|found| found.map(|found| imported_at(found, &region)))
                    .collect()
            })
        })
    }

    fn upgrade(&self, version: u64, object: Object) -> Result<Object, Problem> {
        let region = member::of(&object.value);
        self.home
            .upgrade(version, object)
            .map(|object| at(object, &region))
    }
}
