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
    /// No signature header holds anything like a signature.
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
}
