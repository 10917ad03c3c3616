use std::fmt;

/// Why a signature does not match, or why a request is refused though it does.
///
/// Where several things differ, the one that stands first here is the
/// [`Explanation::cause`](super::Explanation::cause). `Display` is a phrase for the middle of a
/// sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// Nothing is wrong: the layer accepts this request.
    Accepted,
    /// No header holds anything like a signature.
    MissingSignature,
    /// What stands in the signature headers is not a signature of any length or encoding.
    MalformedSignature,
    /// Nothing names a host, in the request or the configuration.
    UnknownUrl,
    /// Nothing that was tried matches.
    NoMatch,
    /// The signature is genuine, and of the URL alone, while the request has a body.
    UnsignedBody,
    /// The URL is genuinely signed, and its `bodySHA256` names another body.
    BodyDigest,
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
    /// Credentials were signed that the request does not carry.
    Credentials,
    /// The signed path begins with a prefix that the layer does not see, or lacks one that it adds.
    PathPrefix,
    /// A slash at the path's end was added or removed on the way.
    TrailingSlash,
    /// Doubled slashes in the path were merged on the way.
    MergedSlashes,
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
    /// JSON was parsed and written back with other white space.
    JsonLayout,
    /// JSON was parsed and written back with its keys in another order.
    JsonKeyOrder,
    /// JSON was parsed and written back with other escapes.
    JsonEscapes,
    /// A line break or other white space at the body's ends was added or removed.
    LineBreak,
    /// Line feeds became carriage returns with line feeds, or the other way round.
    LineEndings,
    /// A byte order mark was put before the body.
    ByteOrderMark,
    /// Form parameters without a value were added to the form, or left out when it was signed.
    EmptyFormValues,
    /// The form's percent-encoding was changed: a plus sign stands for itself, or an escape is
    /// escaped again.
    FormEncoding,
    /// The form was signed in another order than that of its names' bytes.
    FormOrder,
    /// The form's text is in another character set than the one that was signed.
    FormCharset,
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
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.phrase())
    }
}

impl Cause {
    pub(super) fn is_in_url(self) -> bool {
        (Self::Host..=Self::Fragment).contains(&self)
    }

    fn phrase(self) -> &'static str {
        match self {
            Self::Accepted => "the layer accepts this request: nothing is wrong with it",
            Self::MissingSignature => "no header holds a signature",
            Self::MalformedSignature => "what the signature header holds is no signature",
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
            Self::Host => "the host differs",
            Self::Scheme => "the scheme differs",
            Self::Port => "the port differs",
            Self::Credentials => "the signed url has credentials that the request does not carry",
            Self::PathPrefix => "the path's prefix differs",
            Self::TrailingSlash => "the slash at the path's end differs",
            Self::MergedSlashes => "doubled slashes in the path were merged",
            Self::PathEncoding => "the path's percent-encoding differs",
            Self::Path => "the path was rewritten",
            Self::QueryDropped => "the query was dropped",
            Self::QueryOrder => "the query's parameters are in another order",
            Self::QueryEncoding => "the query's percent-encoding differs",
            Self::Query => "the query differs",
            Self::Fragment => "the signed url has a fragment",
            Self::ContentType => "the content type is not the one that the request was signed with",
            Self::Compressed => "the body arrived compressed and was signed before that",
            Self::JsonLayout => "the JSON was parsed and written back with other white space",
            Self::JsonKeyOrder => {
                "the JSON was parsed and written back with its keys in another order"
            }
            Self::JsonEscapes => "the JSON was parsed and written back with other escapes",
            Self::LineBreak => {
                "white space at the end or the start of the body was added or removed"
            }
            Self::LineEndings => "the body's line endings were changed",
            Self::ByteOrderMark => "a byte order mark was put before the body",
            Self::EmptyFormValues => "form parameters without a value arrived that were not signed",
            Self::FormEncoding => "the form's percent-encoding was changed",
            Self::FormOrder => "the form was signed in another order than that of its names' bytes",
            Self::FormCharset => "the form's text changed its character set",
            Self::QuotedKey => "the configured key has quotes around it",
            Self::KeyWhiteSpace => {
                "the configured key has white space, an escaped line break or invisible characters in it"
            }
            Self::KeyVariableName => "the configured key has its variable's name before it",
            Self::KeyList => "several keys are configured as one",
            Self::PercentEncodedKey => "the configured key is percent-encoded",
            Self::HexKey => "the configured key is written in hex",
            Self::Base64Key => "the configured key is written in base64",
        }
    }
}
