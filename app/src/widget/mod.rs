//! The widget on a customer's site as its admins set it: how it looks, what it says and asks, who vouches for its visitors.

mod api;
mod appearance;
mod before_chat;
mod draft;
mod identity;
mod install;
mod manners;
mod page;
mod preview;
mod preview_pane;
mod sites;
mod wording;

pub use api::load_widget;
pub use install::Snippet;
pub use page::WidgetPage;
