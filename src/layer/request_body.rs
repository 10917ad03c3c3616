use axum::BoxError;
use bytes::Bytes;

/// A request body that the layer reads: any [`http_body::Body`] of [`Bytes`] that is `Send` and
/// `'static`, and whose error can be boxed.
///
/// It is implemented for all of these, as for axum's `Body`, hyper's `Incoming`, and http-body-util's
/// `Full<Bytes>`.
#[diagnostic::on_unimplemented(
    message = "the webhook layer cannot read the request body `{Self}`",
    label = "expected an `http_body::Body` whose `Data` is `bytes::Bytes`",
    note = "the body must be `Send + 'static`, its error `Into<Box<dyn Error + Send + Sync>>`: \
            `axum::body::Body::new(body)` or `http_body_util::BodyExt::map_frame` makes one"
)]
pub trait RequestBody:
    http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static
{
}

#[diagnostic::do_not_recommend]
impl<B> RequestBody for B
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
}
