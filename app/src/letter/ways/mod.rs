//! Admin → E-mail → Set-up: how mail comes in and goes out, what is wrong with it, and addresses that nothing is sent to.

mod mailbox;
mod sender;
mod signature;
mod suppressed;
mod token;

use leptos::prelude::*;
use model::{
    mailbox::{MailSetUp, Mailbox, Wires},
    text::ways as texts,
};

use mailbox::Mailboxes;
use sender::SenderCard;
use signature::Signature;
use suppressed::SuppressedList;
use token::Tokens;

use super::api::{ChangeSender, LiftSuppressed, MakeIngestToken, RemoveMailbox, RevokeIngestToken, SaveMailbox, load_mail_set_up};
use crate::{
    text::{fill, t},
    ui::{Act, loaded, on_done, use_toasts},
};

/// How soon it is looked again while a mailbox is being tried.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(2);

/// The changes that this page asks for.
#[derive(Clone, Copy)]
struct Acts {
    save: Act,
    remove: Act,
    make: Act,
    revoke: Act,
    lift: Act,
    sender: Act,
}

impl Acts {
    fn new() -> Self {
        Self {
            save: Act::new::<SaveMailbox>(),
            remove: Act::new::<RemoveMailbox>(),
            make: Act::new::<MakeIngestToken>(),
            revoke: Act::new::<RevokeIngestToken>(),
            lift: Act::new::<LiftSuppressed>(),
            sender: Act::new::<ChangeSender>(),
        }
    }

    /// Changes with each answer.
    fn versions(self) -> [usize; 6] {
        [self.save, self.remove, self.make, self.revoke, self.lift, self.sender].map(|act| act.version().get())
    }
}

/// The page.
#[component]
pub fn Ways() -> impl IntoView {
    let acts = Acts::new();
    let toasts = use_toasts();
    for (act, said) in [
        (acts.save, texts::SAVED),
        (acts.remove, texts::REMOVED),
        (acts.revoke, texts::REVOKED),
        (acts.lift, texts::LIFTED),
        (acts.sender, texts::SAVED),
    ] {
        let said = t(said);
        on_done(act, move |()| toasts.say(said));
    }
    let looked = RwSignal::new(0);
    let all = Resource::new(move || (acts.versions(), looked.get()), |_| load_mail_set_up());
    // a mailbox is tried as soon as it is kept: what came of it is shown without anybody asking
    Effect::new(move || {
        let tries = |mailbox: &Mailbox| mailbox.fault.is_none() && mailbox.seen_at.is_none();
        let trying = all.with(|all| matches!(all, Some(Ok(all)) if all.mailboxes.iter().any(tries)));
        if trying {
            set_timeout(
                move || {
                    looked.try_update(|looked| *looked += 1);
                },
                AGAIN,
            );
        }
    });
    loaded(all, move |all: MailSetUp| {
        let MailSetUp { domain, public_url, wires, sender, mailboxes, tokens, suppressed } = all;
        let dkim = wires.dkim.clone();
        view! {
            <div class="columns even">
                <div class="stack">
                    <Listener domain wires/>
                    <Mailboxes mailboxes save=acts.save remove=acts.remove/>
                </div>
                <div class="stack">
                    <Signature record=dkim/>
                    <SenderCard sender change=acts.sender/>
                    <Tokens tokens public_url make=acts.make revoke=acts.revoke/>
                    <SuppressedList suppressed lift=acts.lift/>
                </div>
            </div>
        }
    })
}

#[component]
fn Listener(domain: String, wires: Wires) -> impl IntoView {
    let listens = match &wires.listens {
        Some(at) => fill(texts::LISTENS, &[("at", at), ("domain", &domain)]),
        None => t(texts::LISTENS_NOT).to_owned(),
    };
    let tls = wires.listens.is_some().then(|| if wires.starttls { t(texts::STARTTLS) } else { t(texts::NO_STARTTLS) });
    let relay = match &wires.relay {
        Some(relay) => fill(texts::RELAY, &[("relay", relay)]),
        None => t(texts::NO_RELAY).to_owned(),
    };
    view! {
        <section class="card" aria-labelledby="wires">
            <h2 id="wires">{t(texts::WIRES)}</h2>
            <dl class="facts">
                <dt>{t(texts::IN)}</dt><dd>{listens}" "{tls}</dd>
                <dt>{t(texts::OUT)}</dt><dd>{relay}</dd>
            </dl>
            <p class="hint">{t(texts::WIRES_HINT)}</p>
        </section>
    }
}
