//! Files on their way to the server: chosen, dropped or pasted, each with its progress, each can be given up.
//! Knows bytes and the address they go to; not what they are for.

mod wire;

use leptos::{ev, prelude::*};
use model::{
    AttachmentId,
    attachment::{Attachment, BYTES_MOST, size_text},
    text::conversation as text,
};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::{
    error::Error,
    text::{t, use_language},
    ui::{Glyph, Icon, each},
};

/// How far a file has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// Per cent.
    Going(u32),
    /// There.
    Done(Attachment),
    /// Not there, and why.
    Failed(Error),
}

/// A file.
#[derive(Clone, Debug, PartialEq)]
pub struct Upload {
    number: u32,
    name: String,
    size: i64,
    progress: Progress,
}

/// The files of a sheet.
#[derive(Clone, Copy)]
pub struct Files {
    all: RwSignal<Vec<Upload>>,
    over: RwSignal<bool>,
}

impl Files {
    /// Files that are there already.
    pub fn new(known: Vec<Attachment>) -> Self {
        let files = Self { all: RwSignal::new(vec![]), over: RwSignal::new(false) };
        files.put_back(known);
        files
    }

    /// Those that have arrived.
    pub fn done(self) -> Vec<Attachment> {
        self.all.with(|all| arrived(all))
    }

    /// Those that have arrived, for event handlers.
    pub fn done_untracked(self) -> Vec<Attachment> {
        self.all.with_untracked(|all| arrived(all))
    }

    /// Whether one is still under way.
    pub fn busy(self) -> bool {
        self.all.with(|all| all.iter().any(|one| matches!(one.progress, Progress::Going(_))))
    }

    /// Why one of them is not there. Nothing is sent as long as it stands in the list: its sender takes it for sent.
    pub fn failed(self) -> Option<Error> {
        self.all.with_untracked(|all| {
            all.iter().find_map(|one| if let Progress::Failed(error) = &one.progress { Some(error.clone()) } else { None })
        })
    }

    /// Puts files there that were here before.
    pub fn put_back(self, known: Vec<Attachment>) {
        self.all.update(|all| {
            for one in known {
                let number = all.iter().map(|upload| upload.number).max().unwrap_or_default() + 1;
                all.push(Upload { number, name: one.name.clone(), size: one.size, progress: Progress::Done(one) });
            }
        });
    }

    /// Those that went with a message are here no more.
    pub fn sent(self, ids: &[AttachmentId]) {
        self.all.update(|all| all.retain(|one| !matches!(&one.progress, Progress::Done(file) if ids.contains(&file.id))));
    }

    /// None any more.
    pub fn clear(self) {
        self.all.update(Vec::clear);
    }

    /// Sends files off.
    pub fn add(self, list: Option<web_sys::FileList>) {
        let Some(list) = list else { return };
        for file in (0..list.length()).filter_map(|place| list.get(place)) {
            self.send(&file);
        }
    }

    /// Whether files are held above, about to be dropped.
    pub fn over(self) -> bool {
        self.over.get()
    }

    /// Something is dragged here. Files may be dropped; anything else is none of ours.
    pub fn dragged(self, event: &ev::DragEvent) {
        if event.data_transfer().is_some_and(|held| held.types().includes(&"Files".into(), 0)) {
            event.prevent_default();
            if !self.over.get_untracked() {
                self.over.set(true);
            }
        }
    }

    /// It was dragged on; from one element within to another it is still here.
    pub fn passed(self, event: &ev::DragEvent) {
        let node = |target: Option<web_sys::EventTarget>| target.and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let (here, to) = (node(event.current_target()), node(event.related_target()));
        if !here.is_some_and(|here| to.is_some() && here.contains(to.as_ref())) {
            self.over.set(false);
        }
    }

    /// Takes what was dropped, if it was files.
    pub fn dropped(self, event: &ev::DragEvent) {
        self.over.set(false);
        if let Some(list) = event.data_transfer().and_then(|dropped| dropped.files()).filter(|list| list.length() > 0) {
            event.prevent_default();
            self.add(Some(list));
        }
    }

    /// Takes what was pasted, if it was files.
    pub fn pasted(self, event: &ev::Event) {
        let event: &web_sys::ClipboardEvent = event.unchecked_ref();
        if let Some(list) = event.clipboard_data().and_then(|pasted| pasted.files()).filter(|list| list.length() > 0) {
            event.prevent_default();
            self.add(Some(list));
        }
    }

    fn send(self, file: &web_sys::File) {
        let number = wire::number();
        #[expect(clippy::cast_possible_truncation, reason = "whole bytes, far below 2^53")]
        let bytes = file.size() as i64;
        let name = if file.name().is_empty() { "file".to_owned() } else { file.name() };
        let too_large = u64::try_from(bytes).is_ok_and(|bytes| bytes > BYTES_MOST);
        let progress = if too_large { Progress::Failed(too_large_error()) } else { Progress::Going(0) };
        self.all.update(|all| all.push(Upload { number, name: name.clone(), size: bytes, progress }));
        if !too_large {
            wire::send(number, &name, file, move |progress| self.progressed(number, progress));
        }
    }

    fn progressed(self, number: u32, progress: Progress) {
        self.all.try_update(|all| {
            if let Some(one) = all.iter_mut().find(|one| one.number == number) {
                one.progress = progress;
            }
        });
    }

    fn remove(self, number: u32) {
        wire::give_up(number);
        self.all.update(|all| all.retain(|one| one.number != number));
    }
}

fn arrived(all: &[Upload]) -> Vec<Attachment> {
    all.iter().filter_map(|one| if let Progress::Done(attachment) = &one.progress { Some(attachment.clone()) } else { None }).collect()
}

fn too_large_error() -> Error {
    let megabytes = u32::try_from(BYTES_MOST / (1024 * 1024)).unwrap_or(u32::MAX);
    Error::Refused(model::Refusal::invalid("attachments", model::Why::TooLarge(megabytes)))
}

/// The button that chooses files. Needs wasm, and says so by being disabled before.
#[component]
pub fn FilePicker(
    /// Where they go.
    files: Files,
    /// What the button says.
    label: String,
    /// Its look.
    #[prop(default = "button quiet")]
    class: &'static str,
) -> impl IntoView {
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    let chosen = move |event| {
        let input: HtmlInputElement = event_target(&event);
        files.add(input.files());
        // the same file can be chosen again
        input.set_value("");
    };
    view! {
        <label class=class>
            <Icon glyph=Glyph::Attach/>
            <span>{label}</span>
            <input class="visually-hidden" type="file" multiple=true disabled=move || !awake.get() on:change=chosen/>
        </label>
    }
}

/// The files with their progress.
#[component]
pub fn FileList(
    /// Which.
    files: Files,
) -> impl IntoView {
    let language = use_language();
    let (cancel, failed) = (text::REMOVE_FILE, t(text::UPLOAD_FAILED));
    view! {
        <ul class="uploads" aria-live="polite">
            {each(move || files.all.get(), |one| (one.number, matches!(one.progress, Progress::Going(_))), move |one| view! {
                <li class:failed=matches!(one.progress, Progress::Failed(_))>
                    <Icon glyph=Glyph::File/>
                    <span class="upload-name">{one.name.clone()}</span>
                    <small>{size_text(one.size)}</small>
                    {match one.progress.clone() {
                        Progress::Going(_) => {
                            let number = one.number;
                            let percent = move || files.all.with(|all| all.iter().find(|one| one.number == number).and_then(|one| if let Progress::Going(percent) = one.progress { Some(percent) } else { None })).unwrap_or(100);
                            view! { <progress max="100" prop:value=move || percent().to_string() aria-label=one.name.clone()></progress> }.into_any()
                        }
                        Progress::Failed(error) => view! { <span class="problem">{failed}" "{error.say(language)}</span> }.into_any(),
                        Progress::Done(attachment) => view! { <input type="hidden" name="form[attachments][]" value=attachment.id.to_string()/> }.into_any(),
                    }}
                    <button type="button" class="icon-button" aria-label=language.fill(cancel, &[("name", &one.name)]) on:click=move |_| files.remove(one.number)>
                        <Icon glyph=Glyph::Close/>
                    </button>
                </li>
            })}
        </ul>
    }
}
