//! The words for each cause.

use super::cause::Cause;

impl Cause {
    /// For the middle of a sentence.
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub(super) fn phrase(self) -> &'static str {
        match self {
            Self::Accepted => "the layer accepts this request: nothing is wrong with it",
            Self::MissingSignature => "no signature header holds a signature",
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
