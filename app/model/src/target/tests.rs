use super::*;
use crate::{
    Assignee, ContactId, ConversationId,
    contact::Contact,
    hours::Span,
    message::Channel,
    moment::{DAY, SECOND},
};

/// Monday, 23 November 2026, 12:00 UTC.
const NOON: Moment = Moment(1_795_435_200 * SECOND);

fn line() -> Line {
    let contact = Contact { id: ContactId::new(), name: String::new(), email: String::new(), created_at: NOON };
    Line {
        id: ConversationId::new(),
        kind: Kind::Ticket,
        channel: Channel::Email,
        number: Some(1),
        subject: "Late".into(),
        contact,
        preview: String::new(),
        preview_by: None,
        status: Status::Open,
        snoozed_until: None,
        priority: Priority::High,
        assignee: Assignee::Nobody,
        tags: vec![],
        followers: vec![],
        folder: Folder::Inbox,
        attachments: 0,
        last_at: NOON,
        waiting_since: Some(NOON),
        due: None,
        missed: false,
        from_chat: false,
        created_at: NOON,
        seq: 1,
    }
}

/// High: an answer within four hours, solved within a day.
fn targets() -> Targets {
    let of = |minutes| [None, None, None, Some(minutes), None];
    Targets { always: true, reply: of(4 * 60), resolution: of(24 * 60) }
}

fn due(targets: &Targets, line: &Line, worked: Worked, now: Moment) -> Option<(Owed, i64, bool)> {
    let due = targets.due(line, worked, (&Hours::default(), &Zone::default()), now)?;
    Some((due.what, due.at.since(NOON), due.soon))
}

fn running() -> Worked {
    Worked::begun(&line())
}

#[test]
fn the_nearer_of_the_two_is_due() {
    assert_eq!(due(&targets(), &line(), running(), NOON), Some((Owed::Reply, 4 * HOUR, false)));
    assert_eq!(due(&targets(), &line(), running(), NOON.plus(2 * HOUR)), Some((Owed::Reply, 4 * HOUR, true)));
    let answered = Line { waiting_since: None, ..line() };
    assert_eq!(due(&targets(), &answered, running(), NOON.plus(2 * HOUR)), Some((Owed::Resolution, 24 * HOUR, false)));
    let again = Line { waiting_since: Some(NOON.plus(22 * HOUR)), ..line() };
    assert_eq!(due(&targets(), &again, running(), NOON.plus(22 * HOUR)), Some((Owed::Resolution, 24 * HOUR, true)));
    let again = Line { waiting_since: Some(NOON.plus(19 * HOUR)), ..line() };
    assert_eq!(due(&targets(), &again, running(), NOON.plus(19 * HOUR)), Some((Owed::Reply, 23 * HOUR, false)), "anew from then");
}

#[test]
fn what_has_no_target_is_not_due() {
    assert_eq!(due(&targets(), &Line { priority: Priority::Medium, ..line() }, running(), NOON), None);
    assert_eq!(due(&targets(), &Line { kind: Kind::Chat, ..line() }, running(), NOON), None);
    for folder in [Folder::Spam, Folder::Trash, Folder::Merged] {
        assert_eq!(due(&targets(), &Line { folder, ..line() }, running(), NOON), None, "{folder}");
    }
    for status in [Status::Solved, Status::Closed] {
        assert_eq!(due(&targets(), &Line { status, ..line() }, running(), NOON), None, "{status}");
    }
    assert!(Targets::default().none() && !targets().none());
}

#[test]
fn while_the_customer_has_the_next_move_the_resolution_waits() {
    let hours = |from: Moment, until: Moment| until.since(from);
    let pending = Line { status: Status::Pending, waiting_since: None, ..line() };
    let stopped = running().follow(&pending, NOON.plus(6 * HOUR), hours);
    assert_eq!(stopped, Worked { used: 6 * HOUR, since: None });
    assert_eq!(due(&targets(), &pending, stopped, NOON.plus(6 * HOUR)), None);
    assert_eq!(stopped.follow(&pending, NOON.plus(9 * HOUR), hours), stopped);
    let open = Line { waiting_since: None, ..line() };
    let again = stopped.follow(&open, NOON.plus(10 * HOUR), hours);
    assert_eq!(due(&targets(), &open, again, NOON.plus(10 * HOUR)), Some((Owed::Resolution, 28 * HOUR, false)), "18 hours were left");
    // who waits for an answer waits on
    let waits = Line { status: Status::Pending, ..line() };
    assert_eq!(due(&targets(), &waits, stopped, NOON), Some((Owed::Reply, 4 * HOUR, false)));
    // and what sleeps is ours
    let asleep = Line { status: Status::Snoozed, ..line() };
    assert_eq!(running().follow(&asleep, NOON.plus(HOUR), hours), running());
}

#[test]
fn what_is_opened_again_has_the_whole_time_anew() {
    let none = |_: Moment, _: Moment| unreachable!("nothing is measured");
    let solved = running().follow(&Line { status: Status::Solved, ..line() }, NOON.plus(DAY), none);
    assert_eq!(solved, Worked::default());
    let open = Line { waiting_since: None, ..line() };
    let again = solved.follow(&open, NOON.plus(2 * DAY), none);
    assert_eq!(due(&targets(), &open, again, NOON.plus(2 * DAY)), Some((Owed::Resolution, 72 * HOUR, false)));
    // a higher priority whose time has passed is overdue at once
    let late = Worked { used: 30 * HOUR, since: Some(NOON) };
    assert_eq!(due(&targets(), &open, late, NOON), Some((Owed::Resolution, 0, true)));
}

#[test]
fn targets_are_measured_in_the_hours_of_the_property_or_around_the_clock() {
    let mut hours = Hours { always: false, ..Hours::default() };
    hours.days[0] = vec![Span { from: 9 * 60, to: 13 * 60 }];
    hours.days[1] = vec![Span { from: 9 * 60, to: 13 * 60 }];
    let at = |targets: &Targets| {
        let hours = targets.hours(hours.clone());
        targets.due(&line(), running(), (&hours, &Zone::default()), NOON).map(|due| due.at.since(NOON))
    };
    assert_eq!(at(&targets()), Some(4 * HOUR));
    assert_eq!(at(&Targets { always: false, ..targets() }), Some(24 * HOUR), "an hour of Monday, three of Tuesday");
}

fn typed(reply: &[&str], units: &[&str]) -> TargetForm {
    let all = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    TargetForm { reply: all(reply), reply_unit: all(units), ..TargetForm::default() }
}

#[test]
fn targets_are_typed_in_minutes_hours_or_days() {
    let form = TargetForm { clock: ALWAYS.into(), ..typed(&["", " 2 ", "4", "30"], &["1", "1440", "60", "1"]) };
    let known = form.check().unwrap();
    assert_eq!((known.always, known.reply), (true, [None, Some(2880), Some(240), Some(30), None]));
    assert_eq!(known.resolution, [None; 5]);
    assert_eq!([30, 90, 240, 1440, 2880, 1500].map(unit_of), [1, 1, 60, 1440, 1440, 60]);
}

#[test]
fn what_is_no_target_is_refused_at_its_field() {
    for (text, unit, most) in
        [("0", "1", 86_400), ("soon", "60", 1_440), ("-1", "1", 86_400), ("61", "1440", 60), ("9999999999", "1", 86_400)]
    {
        let refused = typed(&["", "", text], &["1", "1", unit]).check().unwrap_err();
        assert_eq!(refused, Refusal::invalid_row("reply", 2, Why::Range(1, most)), "{text}");
    }
    assert!(typed(&["60"], &["1440"]).check().is_ok(), "the longest");
    assert_eq!(typed(&["7"], &["week"]).check().unwrap().reply[0], Some(7), "an unknown unit is minutes");
}
