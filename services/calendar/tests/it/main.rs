//! The calendar and the ledger as their callers see them.

mod bank_holidays;
mod given;
mod ledger;
mod properties;
mod redating;
mod refusals;
mod stored;
mod working_days;
