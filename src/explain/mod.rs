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
//! Each thing of this table has a rank, and so has each combination: the sum of its parts' ranks. What
//! has the lowest rank is tried first, so that two likely changes together come before one that is
//! unlikely alone. Combinations go on to rank 9, as far as the budget reaches.
//!
//! | what | rank 0 | rank 1 | rank 2 | rank 3 | rank 4 |
//! |---|---|---|---|---|---|
//! | scheme | of the dashboard or the first URL that the layer tries | the other one | | | in capitals (`HTTPS`, `Https`) |
//! | host | of the dashboard; a public one that the request names in its URI, in `Host`, in `X-Forwarded-Host`, `Forwarded`, `Via` and every other header named after a host, origin or URL | one that a provider gave (`*.elb.amazonaws.com`, `*.run.app`); any but the dashboard's; in lower case or with capitals (`Hooks.Example.com`); in punycode or out of it | a private one (`app`, `10.0.0.1`, `*.internal`); with or without `www.` and a dot at the end; with a capital in its last label too | in capitals; without its first label; without `origin-` | |
//! | port | as it is with the host | absent; the scheme's default one, written out; any other that something names | 8443 | 8080, 3000, 5000, 8000, 80, 443 | |
//! | credentials | none; the dashboard's; of `Authorization` | of `X-Forwarded-Authorization`; all escaped that may be | in other escapes | | |
//! | path | received; the dashboard's | with or without its last slash; a space for `%20`; after a prefix that a header or the configuration names, or without it; of `X-Original-URI`, `X-Replaced-Path` and the like; before an escaped question mark | some bytes escaped or not (`~`, `@`), decoded, escaped by other encoders, once more or once less; after a prefix that a header names decoded; a doubled slash or merged ones; dots resolved; without `;jsessionid=…`; without its first segment; of a parameter of the query (`/index.php?q=/sms`) | after what applications are mostly mounted below (`/hooks`, `/api`, …); two of these changes; two doubled slashes, three slashes, two at its end; an escaped slash; without the ending of its last name; with the values of the query after it (`/sms?id=7` for `/sms/7`) | after rarer prefixes (`/api/webhooks`, `/webhooks/signalwire`, …), or one in place of the first segment; with an ending (`.php`); without its last name; a dot segment; with capitals; read in another character set; a space at its end; a backslash for its last slash |
//! | query | received; the dashboard's, with its fragment | dropped; sorted; `+` or `%20`; the one that a header or the path has; with the body's `bodySHA256` | some bytes escaped or not, other encoders, once more or once less; `debug` or `debug=`; up to four parameters in any order; without one of a few, and without the first or the last of many; each parameter once; `;` or `&amp;` for `&`; an empty one | in another order and encoding; five in any order; two exchanged or one moved; without several; equal names joined by a comma, numbered, with `[]` or without | without one, in another order or encoding; an `&` more; names in another case; read in another character set; a space at its end |
//! | body, signed byte for byte | as it is; what it unwraps to, where this looks like SignalWire's and what arrived does not | decompressed (gzip, zlib, deflate), out of base64, hex, a list of numbers, percent-encoding, HTML's escapes, XML, a part of multipart, chunks, quotes, a JSON string, a dictionary of Python, other text around it or an envelope (an event of a gateway, a message of a queue), without a byte order mark, out of UTF-16; white space or zeros at its end; JSON in SignalWire's style (compact, no needless escapes, the documented keys in their order, `{}` where an object is documented), or in another layout or order of keys, with other escapes, `{}` for `[]` | out of Latin-1 or Windows-1252; two wrappings; line endings; JSON in two of these ways | three wrappings | JSON in three of these ways |
//! | body, signed as a form | as it is, under any content type | unwrapped as above; out of JSON, multipart, XML or a list, out of the query of a GET; a query that became a form; empty values left out, or those of a party of whom some place is there added; unescaped once more; plus signs that were spaces; a line break at its end; line feeds; out of Latin-1 or into it; out of HTML's escapes, backslashes before quotes, `escape()` and surrogates; names without a prefix, with capitals | carriage returns; Windows-1252; escaped once more; spaces that became plus signs; numbers without theirs; in another order; without what was dropped for being empty; with nothing escaped; two of the changes of rank 1 | white space at the end of a message's text | |
//! | signature | in its own encoding, with quotes, a prefix or escapes around it or without | nothing follows the URL | a form, though the signature is hex | a raw body, though it is base64; SHA-256, where SHA-1 is there too and accepted | |
//! | key | as configured; what it is corrected to, where this looks like a key (`PSK…`) and the configured text does not, which then has rank 1 | without quotes, white space, invisible characters, a variable's name, a repetition; with `PSK` before it; out of a list, percent-encoding, base64, hex, JSON, HTML's escapes or UTF-16, where `PSK…` comes out | what else one or two corrections give | | |
//!
//! Of the combinations with one sum, those of one or two changes come before those of more.
//!
//! # What it tells
//!
//! Nothing that was not tried. Each remedy is applied to a fresh [`Verifier`](crate::Verifier), which must
//! admit this request and the next one of the same deployment, signed for the same URL with another
//! body, other parameters and another `bodySHA256`. What fails is not shown. [`Cause::Accepted`] is told if
//! and only if the verifier with the given settings admits the request. Where several things are wrong,
//! each has its remedy, and all are needed.
//!
//! Advice that would let a captured or changed request in, if this one is not genuine, says so.
//!
//! # What it costs
//!
//! At most [`MAX_COMPUTATIONS`] HMACs, [`MAX_HASHED_BYTES`] hashed and [`MAX_GENERATED_BYTES`] written
//! anew, whatever the request, beside the verdict itself; and four times the body and a mebibyte of
//! memory (`tests/explain_memory.rs` counts it). Nothing is built before it is paid for. A forged request
//! costs the whole search, milliseconds for a small body and more for a long one
//! (`cargo bench --bench explanation --features explain` measures it, over hostile bodies too), which is why
//! `explain_rejections` of the layer is not for production.
//!
//! # What it never does
//!
//! It shows no signing key, no signature, no body, and no credentials of a URL; a query only where
//! [`Explainer::show_queries`] was asked for. Hosts and URLs are escaped and cut as in the log. It
//! changes no verdict.

mod body;
mod budget;
mod cause;
mod charset;
mod diagnosis;
mod explainer;
mod explanation;
mod key;
mod next_request;
mod phrases;
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
/// 12 KiB is tried as often as an empty one, and a longer one less often.
pub const MAX_HASHED_BYTES: usize = 64 * 1024 * 1024;

/// How many bytes of bodies may be read to be written anew, whatever the request: 16 MiB, one variation
/// after the other.
pub const MAX_GENERATED_BYTES: usize = 16 * 1024 * 1024;
