//! A string where a key belongs.

use signalwire_webhook::SignalWireWebhookLayer;

fn main() {
    let _layer = SignalWireWebhookLayer::new("PSKtest");
}
