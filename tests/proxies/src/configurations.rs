//! What several tests have nginx do, inside `server`; `UPSTREAM` stands for the example.

/// Keeps the host that it was called by.
pub const KEEPS_HOST: &str = "
    location / {
        proxy_pass http://UPSTREAM;
        proxy_set_header Host $http_host;
    }";

/// Replaces the host, and says what it was.
pub const SAYS_HOST: &str = "
    location / {
        proxy_pass http://UPSTREAM;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Forwarded-Host $http_host;
    }";

/// Strips a prefix, and says so.
pub const SAYS_PREFIX: &str = "
    location /hooks/ {
        proxy_pass http://UPSTREAM/;
        proxy_set_header X-Forwarded-Prefix /hooks;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Forwarded-Host $http_host;
    }";
