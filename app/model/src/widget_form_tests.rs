use super::*;

fn field<T: std::fmt::Debug>(result: Result<T, Refusal>) -> Option<String> {
    result.unwrap_err().field().map(ToOwned::to_owned)
}

#[test]
fn what_stands_is_what_would_be_typed() {
    let widget = Widget::default();
    assert_eq!(AppearanceForm::from(&widget.appearance).put(widget.clone()), Ok(widget.clone()));
    for language in Language::ALL {
        assert_eq!(WordingForm::from(&widget.wording(language)).put(widget.clone()), Ok(widget.clone()), "nothing was said");
    }
    let rows = FieldsForm::rows(&widget.before_chat);
    assert_eq!(rows.len(), 4);
    let typed = |name: &str| if name == "colour" { vec!["#abcdef".to_owned()] } else { vec![] };
    assert_eq!(AppearanceForm::of(&typed).colour, "#abcdef");
}

#[test]
fn a_number_is_refused_at_its_own_field() {
    let stands = AppearanceForm::from(&Appearance::default());
    for text in ["", "-1", "601", "ten", "1.5"] {
        let form = AppearanceForm { phone_bottom: text.into(), ..stands.clone() };
        assert_eq!(form.put(Widget::default()), Err(Refusal::invalid("phone_bottom", Why::Range(0, 600))), "{text:?}");
    }
    assert_eq!(field(AppearanceForm { colour: "red".into(), ..stands.clone() }.put(Widget::default())).as_deref(), Some("colour"));
    assert_eq!(field(AppearanceForm { position: "top".into(), ..stands }.put(Widget::default())).as_deref(), Some("position"));
    let manners = MannersForm { consent: "eu".into(), rescue: "on".into(), rescue_after: "0".into(), ..MannersForm::default() };
    assert_eq!(field(manners.put(Widget::default())).as_deref(), Some("rescue_after"));
    let never = MannersForm { rescue: String::new(), ..manners }.put(Widget::default()).unwrap();
    assert_eq!((never.rescue_after, never.acknowledge), (None, false));
}

#[test]
fn words_of_one_language_leave_those_of_the_other() {
    let english = WordingForm {
        language: "en".into(),
        greeting: "Hello".into(),
        suggestions: " Hours? \r\n\nPrices?".into(),
        ..WordingForm::default()
    };
    let portuguese = WordingForm { language: "pt-BR".into(), greeting: "Oi".into(), ..WordingForm::default() };
    let both = portuguese.put(english.put(Widget::default()).unwrap()).unwrap();
    assert_eq!(both.wording(Language::English).suggestions, ["Hours?", "Prices?"]);
    assert_eq!(both.wording(Language::Portuguese).greeting, "Oi");
    let gone = WordingForm { language: "en".into(), ..WordingForm::default() }.put(both).unwrap();
    assert_eq!(gone.wordings.len(), 1, "what says nothing is not kept");
    let long = WordingForm { away_line: "x".repeat(501), ..english.clone() };
    assert_eq!(field(long.put(Widget::default())).as_deref(), Some("away_line"));
    let many = WordingForm { suggestions: "a\nb\nc\nd\ne\nf\ng".into(), ..english };
    assert_eq!(field(many.put(Widget::default())).as_deref(), Some("suggestions"));
}

fn rows(rows: &[(&str, &str, &str, &str)], act: &str) -> FieldsForm {
    let column = |of: fn(&(&str, &str, &str, &str)) -> String| rows.iter().map(of).collect();
    FieldsForm {
        kind: column(|row| row.0.into()),
        key: column(|row| row.1.into()),
        label: column(|row| row.2.into()),
        ask: column(|row| row.3.into()),
        act: act.into(),
    }
}

const ROWS: [(&str, &str, &str, &str); 5] = [
    ("email", "", "", REQUIRED),
    ("question", "order", "Order number?", OPTIONAL),
    ("name", "", "", OPTIONAL),
    ("question", "", "", OPTIONAL),
    ("phone", "", "", NOT_ASKED),
];

#[test]
fn rows_become_fields_in_their_order() {
    let keys = |act: &str| {
        let widget = rows(&ROWS, act).put(Widget::default()).unwrap();
        widget.before_chat.into_iter().map(|field| field.key).collect::<Vec<_>>()
    };
    assert_eq!(keys(""), ["email", "order", "name"]);
    assert_eq!(keys("up 1"), ["order", "email", "name"]);
    assert_eq!(keys("down 1"), ["email", "name", "order"]);
    assert_eq!(keys("remove 1"), ["email", "name"]);
    for nothing in ["up 0", "down 4", "remove 9", "up x", "add question"] {
        assert_eq!(keys(nothing), keys(""), "{nothing}");
    }
}

#[test]
fn a_new_question_gets_a_name_that_no_other_has() {
    let typed = [("question", "question_1", "A?", OPTIONAL), ("question", "", "B?", REQUIRED), ("question", "", "C?", OPTIONAL)];
    let fields = rows(&typed, "").put(Widget::default()).unwrap().before_chat;
    assert_eq!(fields.iter().map(|field| field.key.as_str()).collect::<Vec<_>>(), ["question_1", "question_2", "question_3"]);
    assert!(fields[1].required);
    let emptied = [("email", "", "", OPTIONAL), ("question", "order", " ", OPTIONAL)];
    assert_eq!(field(rows(&emptied, "").put(Widget::default())).as_deref(), Some("label-1"));
    let many: Vec<_> = (0..13).map(|_| ("question", "", "Q?", OPTIONAL)).collect();
    assert_eq!(field(rows(&many, "").put(Widget::default())).as_deref(), Some("before_chat"));
}
