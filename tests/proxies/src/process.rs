use std::process::Child;

/// A process that ends with the test, however the test ends.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn has_ended(&mut self) -> bool {
        let status = self.0.try_wait().expect("the process is ours");
        status.is_some()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, and there is nobody to tell.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
