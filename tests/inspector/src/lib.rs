//! What the tests of the inspector need: the program with a page, a target that counts, and a real
//! browser.

mod browser;
mod driver;
mod http;
mod program;
mod site;
mod target;

pub use self::{
    browser::{Browser, Look},
    http::{KEY, Webhook, curl, sh},
    program::Listening,
    site::Site,
    target::Target,
};
