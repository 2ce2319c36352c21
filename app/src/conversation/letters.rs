//! How far the letters of a message have come: in one word, and one by one when opened.

use leptos::prelude::*;
use model::{
    Text,
    letter::{LetterState, LetterStatus},
    text::conversation as text,
};

use super::acts::use_acts;
use crate::{
    text::{t, use_language},
    ui::{BareForm, Glyph, Icon},
};

const fn word(status: LetterStatus) -> Text {
    match status {
        LetterStatus::Waiting => text::LETTER_WAITING,
        LetterStatus::Kept => text::LETTER_KEPT,
        LetterStatus::Sent => text::LETTER_SENT,
        LetterStatus::Failed => text::LETTER_FAILED,
        LetterStatus::Bounced => text::LETTER_BOUNCED,
    }
}

const fn glyph(status: LetterStatus) -> Glyph {
    match status {
        LetterStatus::Waiting => Glyph::Clock,
        LetterStatus::Kept => Glyph::Archive,
        LetterStatus::Sent => Glyph::Check,
        LetterStatus::Failed => Glyph::Alert,
        LetterStatus::Bounced => Glyph::Bounce,
    }
}

/// The state that matters most: what went wrong before what is under way before what is done.
fn worst(letters: &[LetterState]) -> LetterStatus {
    let order = [LetterStatus::Bounced, LetterStatus::Failed, LetterStatus::Waiting, LetterStatus::Kept];
    order.into_iter().find(|status| letters.iter().any(|letter| letter.status == *status)).unwrap_or(LetterStatus::Sent)
}

/// The letters of a message.
#[component]
pub fn Letters(
    /// Which.
    letters: Vec<LetterState>,
) -> impl IntoView {
    let (acts, language) = (use_acts(), use_language());
    let state = worst(&letters);
    let class = format!("letters {}", state.word());
    let many = letters.len();
    view! {
        <details class=class>
            <summary>
                <Icon glyph=glyph(state)/>
                {t(word(state))}
                {(many > 1).then(|| format!(" ({many})"))}
            </summary>
            <ul>
                {letters.into_iter().map(|letter| {
                    let again = matches!(letter.status, LetterStatus::Failed | LetterStatus::Bounced);
                    let tried = (letter.attempts > 1).then(|| language.count(text::TRIES, letter.attempts));
                    view! {
                        <li class=letter.status.word()>
                            <Icon glyph=glyph(letter.status)/>
                            <span class="letter-to">{letter.to}</span>
                            <span>{language.say(word(letter.status))}</span>
                            {tried.map(|tried| view! { <span>{tried}</span> })}
                            {letter.why.map(|why| view! { <span class="letter-why">{why}</span> })}
                            {again.then(|| view! {
                                <BareForm action=acts.resend>
                                    <input type="hidden" name="letter" value=letter.id.to_string()/>
                                    <button class="button small">{language.say(text::RETRY)}</button>
                                </BareForm>
                            })}
                        </li>
                    }
                }).collect_view()}
            </ul>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use model::{LetterId, letter::LetterKind};

    use super::*;

    fn letter(status: LetterStatus) -> LetterState {
        LetterState { id: LetterId::new(), to: "a@x.com".into(), kind: LetterKind::Reply, status, why: None, attempts: 1 }
    }

    #[test]
    fn one_bounce_among_many_is_what_is_shown() {
        let letters = [LetterStatus::Sent, LetterStatus::Bounced, LetterStatus::Waiting].map(letter);
        assert_eq!(worst(&letters), LetterStatus::Bounced);
        assert_eq!(worst(&letters[..1]), LetterStatus::Sent);
    }
}
