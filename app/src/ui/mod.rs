//! Pieces that every screen is made of. They know texts, moments and errors, and no noun.

mod avatar;
mod chip;
mod copy;
mod dialog;
mod form;
mod icon;
mod menu;
mod state;
mod time;
mod toast;

pub use avatar::Avatar;
pub use chip::{Chip, Tone};
pub use copy::CopyText;
pub use dialog::Dialog;
pub use form::{CheckField, Field, Form, FormState, Hidden, SelectField, Submit, TextAreaField, TextField, on_done, open_page, typed};
pub use icon::{Glyph, Icon};
pub use menu::Menu;
pub use state::{Empty, Failure, Loading, PageTitle, loaded, loaded_plain};
pub use time::{Now, Time, absolute, day, relative, size};
pub use toast::{Toasts, ToastArea, use_toasts};
