//! HTTP down to the socket.

use std::io::ErrorKind;
use std::sync::Arc;

use crate::client::{Client, head};
use crate::connection::Reply;
use crate::http::Response;
use crate::server::Server;

/// A server that sends each body back, or does what the path says.
fn echo() -> Server {
    Server::start(Arc::new(|request, connection| {
        let response = || Response { status: 200, headers: vec![], body: request.body.clone() };
        match request.path.as_str() {
            "/reset" => Reply::Reset,
            "/half" => Reply::SendHalf(response()),
            "/silence" => Reply::Silence,
            "/gone" => {
                let status = if connection.is_gone() { 500 } else { 202 };
                Reply::Send(Response { status, ..response() })
            }
            _ => Reply::Send(response()),
        }
    }))
}

#[test]
fn one_connection_carries_many_requests() {
    let server = echo();
    let mut client = Client::connect(server.address());
    for body in ["one", "", "three", &"x".repeat(3_000_000)] {
        let reply = client.send("POST", "/", &[], body.as_bytes()).expect("an answer");
        assert!(reply.body == body.as_bytes());
    }
    assert_eq!(client.send("POST", "/gone", &[], b"x").expect("an answer").status, 202);
    assert_eq!(client.send("POST", "/", &[], b"y").expect("an answer").body, b"y");
}

#[test]
fn a_request_may_come_in_pieces() {
    let server = echo();
    let mut client = Client::connect(server.address());
    let request = format!("{}body", head("POST", "/", &[("content-length", "4")]));
    for byte in request.as_bytes() {
        client.write(&[*byte]).expect("the server reads");
    }
    assert_eq!(client.read().expect("an answer").body, b"body");
}

#[test]
fn chunked_bodies_are_read_with_extensions_and_trailers() {
    let server = echo();
    let mut client = Client::connect(server.address());
    let chunked = head("POST", "/", &[("Transfer-Encoding", "chunked")]);
    for tail in ["0\r\n\r\n", "0\r\nA-Trailer: x\r\nAnother: y\r\n\r\n"] {
        let request = format!("{chunked}5;a=b\r\nhello\r\nA\r\n, you two.\r\n{tail}");
        client.write(request.as_bytes()).expect("the server reads");
        assert_eq!(client.read().expect("an answer").body, b"hello, you two.");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_reset_is_a_reset_whatever_the_body() {
    let server = echo();
    for length in [1, 10, 2_000_000] {
        let error =
            Client::connect(server.address()).send("POST", "/reset", &[], &vec![b'x'; length]);
        assert_eq!(error.expect_err("a reset").kind(), ErrorKind::ConnectionReset, "{length}");
    }
    let mut client = Client::connect(server.address());
    let chunked = head("POST", "/reset", &[("Transfer-Encoding", "chunked")]);
    client.write(format!("{chunked}1\r\nx\r\n0\r\n\r\n").as_bytes()).expect("the server reads");
    assert_eq!(client.read().expect_err("a reset").kind(), ErrorKind::ConnectionReset);
}

#[test]
fn half_an_answer_ends_too_early() {
    let server = echo();
    for body in ["", "x", "whole body"] {
        let error = Client::connect(server.address()).send("POST", "/half", &[], body.as_bytes());
        assert_eq!(error.expect_err("half").kind(), ErrorKind::UnexpectedEof, "{body}");
    }
}

#[test]
fn silence_ends_with_the_server() {
    let server = echo();
    let mut client = Client::connect(server.address());
    client.write(head("GET", "/silence", &[]).as_bytes()).expect("the server reads");
    let waiting = std::thread::spawn(move || client.read());
    // The request has arrived when a later one has been answered.
    let reply = Client::connect(server.address()).send("POST", "/", &[], b"x");
    assert_eq!(reply.expect("an answer").status, 200);
    drop(server);
    waiting.join().expect("no panic").expect_err("no answer");
}

#[test]
fn what_is_not_http_is_hung_up_on() {
    let server = echo();
    for request in ["hello\r\n\r\n", "POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n"] {
        let mut client = Client::connect(server.address());
        client.write(request.as_bytes()).expect("the server reads");
        client.read().expect_err("no answer");
    }
}
