//! A data source in whichever region its instances name.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use trueup_provider::{BoxFuture, Context, DataRequest, DataSource, Problem, Problems};
use trueup_value::Value;

use super::member;
use super::places::{Place, Places};

/// Makes the data source for one region.
pub(crate) type MakeData = fn(&Place) -> Arc<dyn DataSource>;

/// The data source under one provider configuration, in all regions.
pub(crate) struct RegionalData {
    places: Arc<Places>,
    make: MakeData,
    made: Mutex<BTreeMap<String, Arc<dyn DataSource>>>,
    /// Whether the region is told where no block names one.
    telling: bool,
}

impl RegionalData {
    /// The data source that `make` makes, in the region that each instance names.
    pub(crate) fn new(places: Arc<Places>, make: MakeData) -> Self {
        Self {
            places,
            make,
            made: Mutex::default(),
            telling: false,
        }
    }

    /// The same for a data source that tells the region.
    pub(crate) fn telling(mut self) -> Self {
        self.telling = true;
        self
    }

    fn in_region(&self, region: Option<&str>) -> Result<Arc<dyn DataSource>, Problem> {
        let place = self.places.place(region)?;
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let there = made
            .entry(place.aws.region.clone())
            .or_insert_with(|| (self.make)(&place));
        Ok(Arc::clone(there))
    }
}

impl DataSource for RegionalData {
    fn read<'a>(
        &'a self,
        cx: &'a Context,
        request: DataRequest,
    ) -> BoxFuture<'a, Result<Value, Problems>> {
        Box::pin(async move {
            let region = member::of(&request.config);
            let there = self.in_region(region.as_str()).map_err(|one| vec![one])?;
            let value = there.read(cx, request).await?;
            let region = match self.telling && region.is_null() {
                true => Value::string(&self.places.home.aws.region),
                false => region,
            };
            Ok(member::with(value, &region))
        })
    }
}
