//! Opening hours as an admin types them: rows of spans and of closed days, and what a form without script asks for besides.
//! Knows what is typed and what it means; the rules of hours are those of [`Hours`].

use crate::{
    DepartmentId, Refusal, Why,
    hours::{Holiday, Hours, Span},
    widget::Widget,
};

/// Opening hours as typed: rows, of which each column has one value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HoursForm {
    /// The department whose hours they are; empty for the property's.
    pub department: String,
    /// `always`, by the rows, or as the property's.
    pub open: String,
    /// Weekday of each span, Monday is 0.
    pub day: Vec<String>,
    /// When each begins: `09:30`.
    pub from: Vec<String>,
    /// When each ends.
    pub to: Vec<String>,
    /// Each closed day: `2026-12-25`.
    pub date: Vec<String>,
    /// `yearly`, or only that one.
    pub every: Vec<String>,
    /// What a form without script asks for besides being saved: `add 0`, `remove 2`, `forget 1`.
    pub act: String,
}

/// The word of hours that never end.
pub const ALWAYS: &str = "always";
/// The word of hours by the rows.
pub const BY_DAY: &str = "days";
/// The word of a department that keeps the property's hours.
pub const AS_PROPERTY: &str = "property";
/// The word of a day that comes back.
pub const YEARLY: &str = "yearly";
/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// Minutes since midnight of `09:30`.
pub fn minutes(text: &str) -> Option<u16> {
    // a browser may add seconds
    let (hour, minute) = text.trim().split_once(':').map(|(hour, minute)| (hour, minute.split(':').next().unwrap_or_default()))?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// A time of day as it is typed; the end of the day is midnight.
pub fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

/// A closed day as it is typed. One of every year is shown in `year`, or in the next leap year.
pub fn date(day: &Holiday, year: i64) -> String {
    let leap = day.month == 2 && day.day == 29;
    let year = day.year.unwrap_or(if leap { year + (4 - year % 4) % 4 } else { year });
    format!("{year:04}-{:02}-{:02}", day.month, day.day)
}

/// The row that an act names.
pub fn acted(act: &str, word: &str) -> Option<usize> {
    act.strip_prefix(word)?.trim().parse().ok()
}

impl HoursForm {
    /// The hours that were typed. A row that holds nothing is none; what is wrong is refused by its row.
    pub fn check(&self) -> Result<Hours, Refusal> {
        let mut hours = Hours { always: self.open == ALWAYS, ..Hours::default() };
        let gone = acted(&self.act, "remove");
        for (row, ((day, from), to)) in self.day.iter().zip(&self.from).zip(&self.to).enumerate() {
            let empty = from.trim().is_empty() && to.trim().is_empty();
            if empty || gone == Some(row) {
                continue;
            }
            let spans = day.parse::<usize>().ok().and_then(|day| hours.days.get_mut(day)).ok_or(Refusal::invalid("day", Why::Unknown))?;
            spans.push(span(row, from, to)?);
        }
        for spans in &mut hours.days {
            spans.sort_by_key(|span| (span.from, span.to));
        }
        let gone = acted(&self.act, "forget");
        for (row, (date, every)) in self.date.iter().zip(&self.every).enumerate() {
            if !date.trim().is_empty() && gone != Some(row) {
                hours.holidays.push(holiday(row, date, every)?);
            }
        }
        hours.holidays.sort_by_key(|day| (day.year.is_some(), day.year, day.month, day.day));
        hours.holidays.dedup();
        hours.check()?;
        Ok(hours)
    }

    /// Puts them into the widget's settings.
    pub fn put(&self, mut widget: Widget) -> Result<Widget, Refusal> {
        if self.department.is_empty() {
            return Ok(Widget { hours: self.check()?, ..widget });
        }
        let id: DepartmentId = self.department.parse().map_err(|_| Refusal::invalid("department", Why::Unknown))?;
        widget.department_hours.retain(|(known, _)| *known != id);
        if self.open != AS_PROPERTY {
            widget.department_hours.push((id, self.check()?));
        }
        Ok(widget)
    }

    /// Where a form without script goes on: with an empty row if it asked for one.
    pub fn next(&self) -> String {
        let add = self.act.strip_prefix("add ").filter(|what| what.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let add = add.map_or_else(String::new, |what| format!("&add={what}"));
        // an id, or nothing that stands in an address
        let of = self.department.parse::<DepartmentId>().map_or_else(|_| String::new(), |id| format!("&department={id}"));
        format!("/admin/hours?done=saved{of}{add}")
    }
}

fn span(row: usize, from: &str, to: &str) -> Result<Span, Refusal> {
    let time = |field, text: &str| minutes(text).ok_or_else(|| Refusal::invalid_row(field, row, Why::NotATime));
    let (from, to) = (time("from", from)?, time("to", to)?);
    // midnight ends a day as often as it begins one
    let to = if to == 0 { DAY } else { to };
    if from == to { Err(Refusal::invalid_row("to", row, Why::NoTime)) } else { Ok(Span { from, to }) }
}

fn holiday(row: usize, date: &str, every: &str) -> Result<Holiday, Refusal> {
    let mut parts = date.trim().splitn(3, '-').map(str::parse::<i64>);
    let mut part = || parts.next().and_then(Result::ok);
    let wrong = || Refusal::invalid_row("date", row, Why::NotADay);
    let (year, month, day) = (part().ok_or_else(wrong)?, part().ok_or_else(wrong)?, part().ok_or_else(wrong)?);
    let small = |n: i64| u8::try_from(n).map_err(|_| wrong());
    let there = Holiday { year: Some(year), month: small(month)?, day: small(day)? };
    let known = (1900..3000).contains(&year) && Hours { holidays: vec![there], ..Hours::default() }.check().is_ok();
    if known { Ok(Holiday { year: (every != YEARLY).then_some(year), ..there }) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(rows: &[(&str, &str, &str)]) -> HoursForm {
        let column = |of: fn(&(&str, &str, &str)) -> String| rows.iter().map(of).collect();
        HoursForm {
            day: column(|row| row.0.into()),
            from: column(|row| row.1.into()),
            to: column(|row| row.2.into()),
            ..HoursForm::default()
        }
    }

    #[test]
    fn rows_become_spans_in_their_order_of_time() {
        let hours =
            typed(&[("0", "13:00", "18:00"), ("0", "09:00", "12:30"), ("5", "22:00", "02:00"), ("6", "00:00", "00:00"), ("1", "", "")]);
        let hours = hours.check().unwrap();
        assert_eq!(hours.days[0], [Span { from: 540, to: 750 }, Span { from: 780, to: 1080 }]);
        assert_eq!(hours.days[5], [Span { from: 1320, to: 120 }]);
        assert_eq!(hours.days[6], [Span { from: 0, to: DAY }]);
        assert!(!hours.always && hours.days[1].is_empty());
        assert_eq!((clock(DAY), clock(570)), ("00:00".into(), "09:30".into()));
    }

    #[test]
    fn what_is_wrong_is_refused_in_its_row() {
        let wrong = |rows: &[(&str, &str, &str)]| typed(rows).check().unwrap_err();
        assert_eq!(wrong(&[("0", "09:00", "12:00"), ("1", "9 h", "12:00")]), Refusal::invalid_row("from", 1, Why::NotATime));
        assert_eq!(wrong(&[("0", "09:00", "")]).field(), Some("to-0"));
        assert_eq!(wrong(&[("0", "09:00", "09:00")]), Refusal::invalid_row("to", 0, Why::NoTime));
        assert_eq!(wrong(&[("7", "09:00", "10:00")]).field(), Some("day"));
        assert_eq!(wrong(&[("0", "25:00", "26:00")]).field(), Some("from-0"));
    }

    #[test]
    fn a_day_is_closed_in_every_year_or_in_one() {
        let form = |dates: &[(&str, &str)]| HoursForm {
            open: ALWAYS.into(),
            date: dates.iter().map(|row| row.0.into()).collect(),
            every: dates.iter().map(|row| row.1.into()).collect(),
            ..HoursForm::default()
        };
        let hours = form(&[("2026-11-24", "once"), ("2026-12-25", YEARLY), ("", "once"), ("2027-12-25", YEARLY)]).check().unwrap();
        assert_eq!(hours.holidays, [Holiday { year: None, month: 12, day: 25 }, Holiday { year: Some(2026), month: 11, day: 24 }]);
        for date in ["2027-02-29", "yesterday", "2026-13-01", "26-1-1"] {
            assert_eq!(form(&[("2026-01-01", "once"), (date, "once")]).check().unwrap_err().field(), Some("date-1"), "{date}");
        }
        assert_eq!(date(&Holiday { year: None, month: 2, day: 29 }, 2026), "2028-02-29");
        assert_eq!(date(&Holiday { year: None, month: 12, day: 25 }, 2026), "2026-12-25");
    }

    #[test]
    fn a_department_keeps_hours_of_its_own_or_those_of_the_property() {
        let (billing, sales) = (DepartmentId::new(), DepartmentId::new());
        let form = |open: &str| HoursForm { department: billing.to_string(), open: open.into(), ..typed(&[("0", "09:00", "12:00")]) };
        let widget = form("days").put(Widget::default()).unwrap();
        assert_eq!(widget.hours, Hours::default());
        assert_eq!(widget.hours_of(&billing).days[0], [Span { from: 540, to: 720 }]);
        assert_eq!(widget.hours_of(&sales), &widget.hours);
        let widget = form(ALWAYS).put(widget).unwrap();
        assert!(widget.hours_of(&billing).always && widget.department_hours.len() == 1);
        assert_eq!(form(AS_PROPERTY).put(widget).unwrap(), Widget::default());
        assert_eq!(form("days").next(), format!("/admin/hours?done=saved&department={billing}"));
        let evil = HoursForm { department: "&x".into(), ..form("days") };
        assert_eq!(
            (evil.next().as_str(), evil.put(Widget::default()).unwrap_err().field()),
            ("/admin/hours?done=saved", Some("department"))
        );
    }

    #[test]
    fn without_script_rows_come_and_go_with_the_form() {
        let mut form = typed(&[("0", "09:00", "12:00"), ("0", "13:00", "18:00")]);
        form.act = "remove 0".into();
        assert_eq!(form.check().unwrap().days[0], [Span { from: 780, to: 1080 }]);
        form.act = "add 3".into();
        assert_eq!(form.next(), "/admin/hours?done=saved&add=3");
        form.act = "add //evil".into();
        assert_eq!(form.next(), "/admin/hours?done=saved");
    }
}
