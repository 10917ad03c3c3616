//! What may be wrong, and the words for it.

use std::{borrow::Cow, fmt};

/// Why a signature does not match, or why a request is refused though it does.
///
/// `Display` is a phrase for the middle of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// Nothing is wrong: the layer accepts this request.
    Accepted,
    /// No header holds anything like a signature.
    MissingSignature,
    /// What the signature headers hold is not a signature of any length or encoding.
    MalformedSignature,
    /// Nothing names a host, in the request or the configuration.
    UnknownUrl,
    /// The request names two different hosts.
    AmbiguousHost,
    /// Nothing that was tried matches.
    NoMatch,
    /// The signature is genuine, and of the URL alone, while the request has a body.
    UnsignedBody,
    /// The URL is genuinely signed, and its `bodySHA256` names another body.
    BodyDigest,
    /// The signature matches, and what follows the URL may be the rest of a longer one, so that the
    /// layer refuses it.
    AmbiguousBoundary,
    /// The signature matches, in a scheme that the layer's `accept` leaves out.
    SchemeNotAccepted,
    /// A signature header is there twice, and one of its values matches.
    AmbiguousSignature,
    /// The signature matches, but stands in another header than its scheme's.
    SignatureHeader,
    /// The signature matches, but is written in another encoding than its scheme's.
    SignatureEncoding,
    /// Another host was signed.
    Host,
    /// `http` was signed where the layer tries `https` alone, or the other way round.
    Scheme,
    /// Another port was signed.
    Port,
    /// Credentials were signed that the request does not carry, or carries escaped otherwise.
    Credentials,
    /// The signed path begins with a prefix that the layer does not see, or lacks one that it adds.
    PathPrefix,
    /// A slash at the path's end was added or removed on the way.
    TrailingSlash,
    /// Doubled slashes in the path were merged on the way.
    MergedSlashes,
    /// `.` and `..` in the path were resolved on the way.
    DotSegments,
    /// The path's percent-encoding was changed on the way.
    PathEncoding,
    /// The path was rewritten on the way.
    Path,
    /// The query was dropped on the way.
    QueryDropped,
    /// The query's parameters were reordered on the way.
    QueryOrder,
    /// The query's percent-encoding was changed on the way.
    QueryEncoding,
    /// The query was changed on the way.
    Query,
    /// The URL in the dashboard has a fragment, which was signed.
    Fragment,
    /// The content type does not say that the body is a form, or says that a JSON body is one.
    ContentType,
    /// The body is compressed, and was signed as it was before.
    Compressed,
    /// The body is still in base64, as from an adapter that ignores `isBase64Encoded`.
    Base64Body,
    /// The body is inside an envelope, as an event of a gateway or a message of a queue.
    BodyInEnvelope,
    /// The whole body is percent-encoded, as what takes JSON for a form writes it.
    PercentEncodedBody,
    /// The body is written in hex.
    HexBody,
    /// The body is written as a list of its bytes' numbers, as JSON has a `Buffer`.
    BodyAsNumbers,
    /// The JSON was written as a dictionary of Python.
    PythonDict,
    /// The chunks of HTTP/1.1's transfer encoding were not taken off the body.
    ChunkedBody,
    /// The whole body is escaped as in HTML.
    HtmlEscapedBody,
    /// The body has quotes around it, as Python's bytes have.
    QuotedBody,
    /// The JSON was put into a JSON string.
    JsonInString,
    /// The body's text is in another character set than the one that was signed.
    BodyCharset,
    /// JSON was parsed and written back with other white space.
    JsonLayout,
    /// JSON was parsed and written back with its keys in another order.
    JsonKeyOrder,
    /// JSON was parsed and written back with other escapes.
    JsonEscapes,
    /// JSON was parsed and written back with `[]` or `null` for `{}`.
    JsonEmptyObjects,
    /// A line break or other white space at the body's ends was added or removed.
    LineBreak,
    /// Line feeds became carriage returns with line feeds, or the other way round.
    LineEndings,
    /// A byte order mark was put before the body.
    ByteOrderMark,
    /// Form parameters without a value were added to the form, or left out when it was signed.
    EmptyFormValues,
    /// The form's escapes were changed: a plus sign stands for itself, an escape is escaped again, or
    /// values are escaped as for HTML or a database.
    FormEncoding,
    /// White space at the end of a form's value was removed.
    TrimmedFormValues,
    /// The names of the form's parameters were prefixed or written in another manner.
    FormNames,
    /// The form was signed in another order than that of its names' bytes.
    FormOrder,
    /// The form's text is in another character set than the one that was signed.
    FormCharset,
    /// Parameters without a value were dropped from the form on the way.
    FormParametersDropped,
    /// The form was written as a JSON object.
    FormAsJson,
    /// The form was written as XML.
    FormAsXml,
    /// The form was written as `multipart/form-data`.
    FormAsMultipart,
    /// The query was put into a form, as when something makes a POST of a GET.
    QueryInForm,
    /// The form was put into the query, as when a redirect makes a GET of a POST.
    FormInQuery,
    /// The key has quotes around it.
    QuotedKey,
    /// The key has white space, an escaped line break or invisible characters in it.
    KeyWhiteSpace,
    /// The key has its variable's name before it, as `NAME=key`.
    KeyVariableName,
    /// Several keys were given as one, with commas or white space between them.
    KeyList,
    /// The key is percent-encoded.
    PercentEncodedKey,
    /// The key is written in hex.
    HexKey,
    /// The key is written in base64.
    Base64Key,
    /// The key is inside a JSON text, as a secrets manager gives it.
    JsonKey,
    /// The key is escaped as in HTML.
    HtmlEscapedKey,
    /// The key is in UTF-16.
    Utf16Key,
    /// There is other text around the key.
    KeyInText,
}

/// A cause, and the words for it where this request has better ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) cause: Cause,
    words: Option<Cow<'static, str>>,
}

impl Finding {
    pub(super) fn phrase(&self) -> &str {
        self.words.as_deref().unwrap_or_else(|| self.cause.phrase())
    }
}

impl From<Cause> for Finding {
    fn from(cause: Cause) -> Self {
        Self { cause, words: None }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.phrase())
    }
}

/// In this order several causes are told: what is wrong with the signature, then the URL, the body
/// and the key.
const TOLD_FIRST: &[Cause] = &[
    Cause::UnsignedBody,
    Cause::BodyDigest,
    Cause::AmbiguousBoundary,
    Cause::SchemeNotAccepted,
    Cause::AmbiguousSignature,
    Cause::SignatureHeader,
    Cause::SignatureEncoding,
    Cause::UnknownUrl,
    Cause::AmbiguousHost,
    Cause::Host,
    Cause::Scheme,
    Cause::Port,
    Cause::Credentials,
    Cause::PathPrefix,
    Cause::TrailingSlash,
    Cause::MergedSlashes,
    Cause::DotSegments,
    Cause::PathEncoding,
    Cause::Path,
    Cause::QueryDropped,
    Cause::QueryOrder,
    Cause::QueryEncoding,
    Cause::Query,
    Cause::Fragment,
    Cause::ContentType,
    Cause::Compressed,
    Cause::Base64Body,
    Cause::BodyInEnvelope,
];

impl Cause {
    /// Its place among several causes. What is not listed is of the body, or else of the key, and keeps
    /// the order in which it was found.
    pub(super) fn place(self) -> usize {
        let listed = TOLD_FIRST.iter().position(|cause| *cause == self);
        match self {
            Self::QuotedKey => TOLD_FIRST.len() + 1,
            _ if self.is_of_key() => TOLD_FIRST.len() + 2,
            _ => listed.unwrap_or(TOLD_FIRST.len()),
        }
    }

    fn is_of_key(self) -> bool {
        matches!(
            self,
            Self::QuotedKey
                | Self::KeyWhiteSpace
                | Self::KeyVariableName
                | Self::KeyList
                | Self::PercentEncodedKey
                | Self::HexKey
                | Self::Base64Key
                | Self::JsonKey
                | Self::HtmlEscapedKey
                | Self::Utf16Key
                | Self::KeyInText
        )
    }

    pub(super) fn is_in_url(self) -> bool {
        matches!(
            self,
            Self::UnknownUrl
                | Self::AmbiguousHost
                | Self::Host
                | Self::Scheme
                | Self::Port
                | Self::Credentials
                | Self::PathPrefix
                | Self::TrailingSlash
                | Self::MergedSlashes
                | Self::DotSegments
                | Self::PathEncoding
                | Self::Path
                | Self::QueryDropped
                | Self::QueryOrder
                | Self::QueryEncoding
                | Self::Query
                | Self::Fragment
        )
    }

    /// With words of its own.
    pub(super) fn told(self, words: impl Into<Cow<'static, str>>) -> Finding {
        Finding {
            cause: self,
            words: Some(words.into()),
        }
    }

    fn phrase(self) -> &'static str {
        match self {
            Self::Accepted => "the layer accepts this request: nothing is wrong with it",
            Self::MissingSignature => "no header holds a signature",
            Self::MalformedSignature => "what the signature header holds is not a signature",
            Self::UnknownUrl => "neither the request nor the configuration names a host",
            Self::NoMatch => "nothing that was tried makes the signature match",
            Self::UnsignedBody => {
                "the signature is genuine but of the url alone, as of a GET or an empty form, so nothing signs the body"
            }
            Self::BodyDigest => {
                "the url is genuinely signed, but its bodySHA256 names another body than the one that arrived"
            }
            Self::SchemeNotAccepted => {
                "the signature is genuine, in a scheme that `accept` leaves out"
            }
            Self::AmbiguousSignature => {
                "a signature header is there twice with different values, one of which is genuine"
            }
            Self::SignatureHeader => "the signature is in another header than its scheme's",
            Self::SignatureEncoding => {
                "the signature is written in another encoding than its scheme's"
            }
            Self::AmbiguousBoundary => {
                "the signature matches, but the body does not begin as SignalWire's do, so that it may be the rest of a longer url that was signed"
            }
            Self::AmbiguousHost => "the request names two different hosts",
            Self::Host => "the host differs",
            Self::Scheme => "the scheme differs",
            Self::Port => "the port differs",
            Self::Credentials => "the signed url has credentials that the request does not carry",
            Self::PathPrefix => "the path's prefix differs",
            Self::TrailingSlash => "the slash at the path's end differs",
            Self::MergedSlashes => "doubled slashes in the path were merged",
            Self::DotSegments => "the dots in the path were resolved (`.` and `..`)",
            Self::PathEncoding => "the path's percent-encoding differs",
            Self::Path => "the path was rewritten",
            Self::QueryDropped => "the query was dropped",
            Self::QueryOrder => "the query's parameters are in another order",
            Self::QueryEncoding => "the query's percent-encoding differs",
            Self::Query => "the query differs",
            Self::Fragment => "the signed url has a fragment",
            Self::ContentType => "the content type is not the one that the request was signed with",
            Self::Compressed => "the body arrived compressed and was signed before that",
            Self::Base64Body => {
                "the body is still in base64, as from an adapter that ignores isBase64Encoded"
            }
            Self::BodyInEnvelope => {
                "the body is inside an envelope, as an event of a gateway or a message of a queue"
            }
            Self::PercentEncodedBody => {
                "the whole body is percent-encoded, as by what takes JSON for a form"
            }
            Self::HexBody => "the body is written in hex",
            Self::BodyAsNumbers => {
                "the body is written as a list of its bytes' numbers, as JSON has a Buffer"
            }
            Self::PythonDict => "the JSON was written as a dictionary of Python",
            Self::ChunkedBody => {
                "the chunks of HTTP/1.1's transfer encoding were not taken off the body"
            }
            Self::HtmlEscapedBody => "the whole body is escaped as in HTML",
            Self::QuotedBody => "the body has quotes around it, as Python's bytes have",
            Self::JsonInString => "the JSON was put into a JSON string",
            Self::BodyCharset => "the body's text changed its character set",
            Self::JsonLayout => "the JSON was parsed and written back with other white space",
            Self::JsonKeyOrder => {
                "the JSON was parsed and written back with its keys in another order"
            }
            Self::JsonEscapes => "the JSON was parsed and written back with other escapes",
            Self::JsonEmptyObjects => "the JSON was parsed and written back with [] or null for {}",
            Self::LineBreak => {
                "white space at the end or the start of the body was added or removed"
            }
            Self::LineEndings => "the body's line endings were changed",
            Self::ByteOrderMark => "a byte order mark was put before the body",
            Self::EmptyFormValues => "form parameters without a value arrived that were not signed",
            Self::FormEncoding => {
                "the form's escapes were changed (percent-encoding, plus signs, HTML's or backslashes)"
            }
            Self::TrimmedFormValues => "white space at the end of a form's value was removed",
            Self::FormNames => {
                "the names of the form's parameters were prefixed or written in another manner"
            }
            Self::FormOrder => "the form was signed in another order than that of its names' bytes",
            Self::FormCharset => "the form's text changed its character set",
            Self::FormParametersDropped => {
                "parameters without a value, as CallerCity, were dropped from the form"
            }
            Self::FormAsJson => "the form was written as JSON on its way",
            Self::FormAsXml => "the form was written as XML on its way",
            Self::FormAsMultipart => "the form was written as multipart/form-data on its way",
            Self::QueryInForm => {
                "the query was put into a form on its way, as when something makes a POST of a GET"
            }
            Self::FormInQuery => {
                "the form was put into the query on its way, as when a redirect (301 or 302) makes a GET of a POST"
            }
            Self::QuotedKey => "the configured key has quotes around it",
            Self::KeyWhiteSpace => {
                "the configured key has white space, an escaped line break or invisible characters in it"
            }
            Self::KeyVariableName => "the configured key has its variable's name before it",
            Self::KeyList => "several keys are configured as one",
            Self::PercentEncodedKey => "the configured key is percent-encoded",
            Self::HexKey => "the configured key is written in hex",
            Self::Base64Key => "the configured key is written in base64",
            Self::JsonKey => "the configured key is a JSON text with the key in it",
            Self::HtmlEscapedKey => "the configured key is escaped as in HTML",
            Self::Utf16Key => "the configured key is in UTF-16",
            Self::KeyInText => "the configured key has other text around it",
        }
    }
}
