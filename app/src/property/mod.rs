//! The property one is in: switching to another one, and its settings.

mod api;
mod settings;
mod switcher;
mod zones;

pub use settings::SettingsPage;
pub use switcher::PropertySwitcher;
