//! Why a request is refused, and what to change: for development and staging.
//!
//! A genuine request is refused when the URL, the body or the key that the layer sees is not the
//! one that SignalWire signed with. [`Explainer`] looks for the difference. It tries what proxies,
//! frameworks and deployment files are known to change, the likeliest first, until the presented
//! signature matches, and says what to write where.
//!
//! ```
//! use signalwire_webhook::{SigningKey, explain::{Cause, Explainer}};
//!
//! let key = SigningKey::new("PSKtest")?;
//! let signature = key.sign_form("https://hooks.example.com/sms", [("From", "+15551234567")]);
//! let (parts, ()) = http::Request::post("/sms")
//!     .header("host", "app:3000")
//!     .header("x-forwarded-host", "hooks.example.com")
//!     .header("x-signalwire-signature", signature)
//!     .body(())?
//!     .into_parts();
//!
//! let explanation = Explainer::new(key).explain(&parts, b"From=%2B15551234567");
//! assert_eq!(explanation.cause(), Cause::Host);
//! assert!(explanation.fix().contains(r#"PublicUrl::base("https://hooks.example.com")?"#));
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it tries
//!
//! In the order of likelihood, each alone before two together, and two before three:
//!
//! - **URL**: the other scheme; the hosts that the request, its headers and the configuration
//!   name (`X-Forwarded-Host`, `Forwarded`, `X-Original-Host` and others, `Host`, the HTTP/2
//!   authority), each with its port, without, with the default one and with each port that
//!   something names; the path with a forwarded or configured prefix or without, with a slash at its
//!   end or without, decoded, re-encoded, with doubled slashes merged, as a router nested it, as
//!   `X-Original-URI` has it; the query dropped, reordered, re-encoded, with its `bodySHA256`;
//!   credentials; a fragment.
//! - **Body**: white space at its ends, line endings, JSON in other layouts, orders and escapes, a
//!   form encoded otherwise or without its empty values, no body at all, decompressed.
//! - **Signature**: another encoding, another header, the other hash.
//! - **Key**: quotes, white space, a variable's name, several in one, percent-encoding, hex, base64.
//!
//! # What it costs
//!
//! At most [`MAX_COMPUTATIONS`] HMACs and [`MAX_HASHED_BYTES`] hashed, whatever the request. A
//! forged request costs the whole search, milliseconds for a small body and more for a long one
//! (`cargo bench --bench explanation` measures it), which is why
//! [`explain_rejections`](crate::SignalWireWebhookLayer::explain_rejections) is not for production.
//!
//! # What it never does
//!
//! It shows no signing key, no signature, no body, and no credentials of a URL; a query only where
//! [`Explainer::show_queries`] was asked for. It changes no verdict.

mod body;
mod budget;
mod cause;
mod diagnosis;
mod explainer;
mod explanation;
mod key;
mod next_request;
mod presented;
mod ranked;
mod reasons;
mod remedy;
mod search;
mod trial;
mod unexplained;
mod url;

pub use self::{
    cause::Cause,
    explainer::Explainer,
    explanation::Explanation,
    key::correction::KeyCorrection,
    remedy::{Admitted, Remedy},
};

/// How many HMACs an explanation may cost, whatever the request.
pub const MAX_COMPUTATIONS: usize = 4_096;

/// How many bytes those HMACs may read, whatever the request: 64 MiB, so that a body of up to
/// 12 KiB gets the whole search and a larger one a shorter search.
pub const MAX_HASHED_BYTES: usize = 64 * 1024 * 1024;

/// How many bytes of bodies may be read to be written anew, whatever the request: 16 MiB, one variation
/// after the other.
pub const MAX_GENERATED_BYTES: usize = 16 * 1024 * 1024;
