//! Pieces that every screen is made of. They know texts, moments and errors, and no noun.

mod act;
mod avatar;
mod chip;
mod copy;
mod dialog;
mod each;
mod field;
mod form;
mod icon;
mod long_list;
mod menu;
mod page_dialog;
mod search_field;
mod state;
mod still;
mod time;
mod toast;
mod written;

pub use act::Act;
pub use avatar::Avatar;
pub use chip::{Chip, Tone};
pub use copy::CopyText;
pub use dialog::Dialog;
pub use each::each;
pub use field::{CheckField, Hidden, SelectField, Submit, TextAreaField, TextField, problem_of, typed_all, use_mend};
pub use form::{BareForm, DefaultSubmit, Form, concerns, focus_on, is_leaving, on_done, open_page, typed_in, typed_into};
pub use icon::{Glyph, Icon};
pub use long_list::{Drawn, LongList, Of};
pub use menu::Menu;
pub use page_dialog::{PageDialog, modal};
pub use search_field::SearchField;
pub use state::{Empty, Failure, Loading, PageTitle, loaded};
pub use still::Still;
pub use time::{Now, Time, absolute, day, machine};
pub use toast::{ToastArea, Toasts, use_toasts};
pub use written::written;
