//! Regions: the argument `region` of every regional type, and the data source `aws_region`.
//!
//! This is the one owner of the argument. A type says nothing about it: its schema gets the member by
//! [`schema_with_region`], its blocks are checked by [`validate`], and it is wrapped in
//! [`RegionalType`] or [`RegionalData`], which ask the type of the instance's region and put the
//! member back into what it answers. A type is made once a region, over that region's connection.
//!
//! In state the member is null where neither the configuration nor an earlier state names a region:
//! so a state written by releases 5.x of the published provider, which lack the argument, reads
//! without a difference, and what is written can be read by them. A region that is named stays, as
//! with releases 6.x, even where the argument is taken away again.

mod batches;
mod data;
mod member;
mod names;
pub(crate) mod partition;
mod placed;
mod places;
mod regional_data;
mod regional_type;

pub(crate) use data::{RegionData, body};
pub(crate) use member::{schema_with_region, validate};
pub(crate) use places::{Place, Places};
pub(crate) use regional_data::RegionalData;
pub(crate) use regional_type::RegionalType;
