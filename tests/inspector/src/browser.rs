use std::{
    path::Path,
    time::{Duration, Instant},
};

use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource as _, KeyAction, KeyActions},
    elements::Element,
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::{Listening, driver::Driver};

/// Far longer than anything takes: a test whose event never comes is to fail, not to hang.
const PATIENCE: Duration = Duration::from_secs(60);

const CONTROL: char = '\u{e009}';

/// How the browser is seen.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
    /// Whether the user prefers dark colours.
    pub is_dark: bool,
}

impl Look {
    /// A window on a desk.
    pub const DESK: Self = Self {
        width: 1200,
        height: 820,
        is_dark: false,
    };
}

/// Chromium without a window, with a profile of its own. It ends when this is dropped.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    // Dropped in this order: the browser writes into its profile until it ends.
    _driver: Driver,
    profile: tempfile::TempDir,
}

impl Browser {
    /// A browser on this page.
    pub async fn open(look: Look, url: &str) -> Self {
        let driver = Driver::start();
        let profile = tempfile::tempdir().unwrap();
        let capabilities = capabilities(look, profile.path());
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&driver.url())
            .await
            .unwrap();
        client.goto(url).await.unwrap();
        Self {
            client,
            _driver: driver,
            profile,
        }
    }

    /// A browser on the inspector, which has read its list and hears of what arrives.
    pub async fn inspect(look: Look, listening: &Listening) -> Self {
        let browser = Self::open(look, listening.inspector()).await;
        browser
            .until("document.getElementById('connection').textContent === 'live'")
            .await;
        browser
    }

    /// The folder of its profile, which every process of it names.
    #[must_use]
    pub fn profile(&self) -> &Path {
        self.profile.path()
    }

    /// Goes to another page.
    pub async fn go(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// The value of a JavaScript expression.
    pub async fn value(&self, expression: &str) -> Value {
        let script = format!("return {expression};");
        self.client.execute(&script, Vec::new()).await.unwrap()
    }

    /// Waits until a JavaScript expression is true.
    pub async fn until(&self, expression: &str) {
        let start = Instant::now();
        while self.value(&format!("!!({expression})")).await != json!(true) {
            let text = self.value("document.body.innerText").await;
            assert!(start.elapsed() < PATIENCE, "never: {expression}\n{text}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits for the list to have one request, opens it, and waits for the part of its page with this id.
    pub async fn open_only_request(&self, id: &str) {
        self.until_rows(1).await;
        self.click("#list button").await;
        self.until(&format!("document.getElementById('{id}')"))
            .await;
    }

    /// Waits until the list has so many rows.
    pub async fn until_rows(&self, number: usize) {
        self.until(&format!(
            "document.querySelectorAll('#list li').length === {number}"
        ))
        .await;
    }

    async fn element(&self, selector: &str) -> Element {
        let found = self.client.find(Locator::Css(selector)).await;
        found.unwrap_or_else(|error| panic!("{selector}: {error}"))
    }

    /// What is read at an element.
    pub async fn text(&self, selector: &str) -> String {
        self.element(selector).await.text().await.unwrap()
    }

    /// Clicks on an element.
    pub async fn click(&self, selector: &str) {
        self.element(selector).await.click().await.unwrap();
    }

    /// Types into a field, in place of what it has.
    pub async fn fill(&self, selector: &str, text: &str) {
        let field = self.element(selector).await;
        field.clear().await.unwrap();
        if !text.is_empty() {
            field.send_keys(text).await.unwrap();
        }
        let script = "arguments[0].dispatchEvent(new Event('input', { bubbles: true }))";
        let field = serde_json::to_value(field).unwrap();
        self.client.execute(script, vec![field]).await.unwrap();
    }

    /// Chooses an entry of a list of choices.
    pub async fn choose(&self, selector: &str, value: &str) {
        let list = self.element(selector).await;
        list.select_by_value(value).await.unwrap();
        assert_eq!(list.prop("value").await.unwrap().as_deref(), Some(value));
    }

    /// Presses keys, wherever the focus is: characters, or those that `WebDriver` names.
    pub async fn press(&self, keys: &str) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for key in keys.chars() {
            actions = actions
                .then(KeyAction::Down { value: key })
                .then(KeyAction::Up { value: key });
        }
        self.client.perform_actions(actions).await.unwrap();
    }

    /// What a user pastes.
    pub async fn clipboard(&self) -> String {
        let script = "const area = document.createElement('textarea'); area.id = 'pasted'; \
                      document.body.append(area); area.focus()";
        self.client.execute(script, Vec::new()).await.unwrap();
        let actions = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: CONTROL })
            .then(KeyAction::Down { value: 'v' })
            .then(KeyAction::Up { value: 'v' })
            .then(KeyAction::Up { value: CONTROL });
        self.client.perform_actions(actions).await.unwrap();
        let pasted = self.value("document.getElementById('pasted').value").await;
        let script = "document.getElementById('pasted').remove()";
        self.client.execute(script, Vec::new()).await.unwrap();
        pasted.as_str().unwrap().to_owned()
    }

    /// A picture of the window, written to a file.
    pub async fn picture(&self, file: &Path) {
        std::fs::write(file, self.client.screenshot().await.unwrap()).unwrap();
    }
}

fn capabilities(look: Look, profile: &Path) -> Value {
    let scheme = i32::from(!look.is_dark);
    json!({
        "goog:chromeOptions": {
            "binary": "/usr/bin/chromium",
            "args": [
                "--headless",
                // The tests may run as root, and show nothing but what they make themselves.
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                // Memory is measured to the byte, and without what is only not collected yet.
                "--js-flags=--expose-gc",
                "--enable-precise-memory-info",
                // A name that somebody has made to point here.
                "--host-resolver-rules=MAP rebound.example 127.0.0.1",
                format!("--blink-settings=preferredColorScheme={scheme}"),
                format!("--user-data-dir={}", profile.display()),
            ],
            "mobileEmulation": {
                "deviceMetrics": {
                    "width": look.width,
                    "height": look.height,
                    "pixelRatio": 1,
                    "mobile": look.width < 500,
                    "touch": false,
                },
            },
        },
    })
}
