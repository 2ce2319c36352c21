//! Time zones by name, from the database of them that is built in, so that every machine answers alike.
//! Knows no property; the browser needs none of this, it is sent the few changes that matter.

use jiff::{
    Timestamp,
    tz::{TimeZone, TimeZoneDatabase},
};
use model::{
    Moment,
    moment::{DAY, HOUR, SECOND, Zone},
    report::Day,
};

use crate::{Fault, Result};

/// The zone of who names none.
pub const UTC: &str = "UTC";
/// How far back and ahead a page knows its zone's offsets.
const BACK: i64 = -3 * 366 * DAY;
const AHEAD: i64 = 366 * DAY;

/// Names of every time zone, sorted, as a settings screen offers them.
pub fn time_zones() -> Vec<String> {
    let mut names: Vec<String> = TimeZoneDatabase::bundled()
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| name == UTC || name.contains('/'))
        .collect();
    names.sort();
    names
}

/// The name as the database of time zones spells it.
pub fn known(name: &str) -> Option<String> {
    let zone = TimeZoneDatabase::bundled().get(name.trim()).ok()?;
    zone.iana_name().map(ToOwned::to_owned)
}

/// The zone of a name.
pub fn of(name: &str) -> Result<TimeZone> {
    Ok(TimeZoneDatabase::bundled().get(name).map_err(|error| Fault::Row(format!("time zone {name}: {error}")))?)
}

/// The day there at a moment, as days since 1970-01-01, and the hour.
pub fn day_and_hour(zone: &TimeZone, at: Moment) -> (i64, u32) {
    let seconds = at.0.div_euclid(SECOND) + timestamp(at).map_or(0, |at| i64::from(offset(zone, at)));
    (seconds.div_euclid(DAY / SECOND), u32::try_from(seconds.rem_euclid(DAY / SECOND) / (HOUR / SECOND)).unwrap_or(0))
}

/// The moment a day begins there.
pub fn midnight(zone: &TimeZone, day: Day) -> Moment {
    let at = day.local();
    let date =
        jiff::civil::Date::new(i16::try_from(at.year).unwrap_or(1970), at.month.cast_signed(), at.day.cast_signed()).unwrap_or_default();
    date.to_zoned(zone.clone()).map_or(Moment(0), |start| moment(start.timestamp()))
}

/// The offsets that a page needs around a moment.
pub fn around(name: &str, now: Moment) -> Result<Zone> {
    let zone = of(name)?;
    let (from, until) = (timestamp(now.plus(BACK))?, timestamp(now.plus(AHEAD))?);
    // the first holds for all time before, so that two pages of one day know the same
    let mut offsets = vec![(Moment(0), offset(&zone, from))];
    for change in zone.following(from).take_while(|change| change.timestamp() <= until) {
        let seconds = change.offset().seconds();
        if offsets.last().is_none_or(|(_, known)| *known != seconds) {
            offsets.push((moment(change.timestamp()), seconds));
        }
    }
    Ok(Zone { name: name.to_owned(), offsets })
}

fn offset(zone: &TimeZone, at: Timestamp) -> i32 {
    zone.to_offset(at).seconds()
}

fn moment(at: Timestamp) -> Moment {
    Moment(at.as_microsecond())
}

fn timestamp(at: Moment) -> Result<Timestamp, Fault> {
    Timestamp::from_microsecond(at.0).map_err(|error| Fault::Row(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_changes_twice_a_year_where_clocks_do() {
        let now = Moment(1_795_435_200_000_000); // 2026-11-23T12:00:00Z
        let lisbon = around("Europe/Lisbon", now).unwrap();
        assert_eq!(lisbon.offsets.first().map(|(_, offset)| *offset), Some(0));
        assert!((8..=9).contains(&lisbon.offsets.len()), "{:?}", lisbon.offsets);
        assert_eq!(lisbon.local(now).hour, 12);
        assert_eq!(around("America/Sao_Paulo", now).unwrap().offsets.len(), 1);
    }

    #[test]
    fn a_zone_is_known_by_any_spelling_of_its_name() {
        assert_eq!(known(" europe/lisbon "), Some("Europe/Lisbon".into()));
        assert_eq!(known("Europe/Atlantis"), None);
        assert!(time_zones().contains(&"America/Sao_Paulo".to_owned()));
    }
}
