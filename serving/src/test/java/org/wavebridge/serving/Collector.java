package org.wavebridge.serving;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A collector of traces: takes OTLP over HTTP and reads it by the numbers of the fields in the
 * specification (opentelemetry-proto, trace/v1), with no class of OpenTelemetry.
 */
final class Collector implements AutoCloseable {
  /**
   * A span.
   *
   * @param parent empty for none
   * @param kind 1 internal, 2 server
   * @param start nanoseconds since 1970, as the end
   * @param attributes texts, whole numbers, other numbers and truth values
   * @param status 0 unset, 2 error
   */
  record Span(
      String trace,
      String id,
      String parent,
      String name,
      long kind,
      long start,
      long end,
      Map<String, Object> attributes,
      long status) {}

  private final List<Span> spans = new CopyOnWriteArrayList<>();
  private final List<String> services = new CopyOnWriteArrayList<>();
  private final Server server;

  Collector() {
    server =
        Server.builder()
            .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .service(
                "/v1/traces",
                (context, request) ->
                    HttpResponse.of(
                        request
                            .aggregate()
                            .thenApply(
                                whole -> {
                                  take(whole.content().array());
                                  return HttpResponse.of(
                                      HttpStatus.OK, MediaType.PROTOBUF, new byte[0]);
                                })))
            .build();
    server.start().join();
  }

  String address() {
    return "http://127.0.0.1:" + server.activeLocalPort();
  }

  /** All spans that have come. */
  List<Span> spans() {
    return spans;
  }

  /** The names of the services that they are of. */
  List<String> services() {
    return services;
  }

  private void take(byte[] request) {
    for (UnknownFieldSet resource : messages(message(ByteString.copyFrom(request)), 1)) {
      Map<String, Object> about = attributes(messages(resource, 1).get(0), 1);
      services.add(String.valueOf(about.get("service.name")));
      for (UnknownFieldSet scope : messages(resource, 2)) {
        messages(scope, 2).forEach(span -> spans.add(span(span)));
      }
    }
  }

  private static Span span(UnknownFieldSet span) {
    List<UnknownFieldSet> status = messages(span, 15);
    return new Span(
        hex(span, 1),
        hex(span, 2),
        hex(span, 4),
        text(span, 5),
        number(span, 6),
        span.getField(7).getFixed64List().get(0),
        span.getField(8).getFixed64List().get(0),
        attributes(span, 9),
        status.isEmpty() ? 0 : number(status.get(0), 3));
  }

  private static Map<String, Object> attributes(UnknownFieldSet of, int field) {
    Map<String, Object> attributes = new HashMap<>();
    for (UnknownFieldSet pair : messages(of, field)) {
      UnknownFieldSet value = messages(pair, 2).get(0);
      Object content =
          value.hasField(1)
              ? text(value, 1)
              : value.hasField(2)
                  ? (Object) (number(value, 2) == 1)
                  : value.hasField(3)
                      ? (Object) number(value, 3)
                      : (Object) Double.longBitsToDouble(value.getField(4).getFixed64List().get(0));
      attributes.put(text(pair, 1), content);
    }
    return attributes;
  }

  private static List<UnknownFieldSet> messages(UnknownFieldSet of, int field) {
    return of.getField(field).getLengthDelimitedList().stream().map(Collector::message).toList();
  }

  private static UnknownFieldSet message(ByteString bytes) {
    try {
      return UnknownFieldSet.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String text(UnknownFieldSet of, int field) {
    return of.getField(field).getLengthDelimitedList().get(0).toStringUtf8();
  }

  private static String hex(UnknownFieldSet of, int field) {
    List<ByteString> bytes = of.getField(field).getLengthDelimitedList();
    return bytes.isEmpty() ? "" : HexFormat.of().formatHex(bytes.get(0).toByteArray());
  }

  private static long number(UnknownFieldSet of, int field) {
    List<Long> numbers = of.getField(field).getVarintList();
    return numbers.isEmpty() ? 0 : numbers.get(0);
  }

  @Override
  public void close() {
    server.stop().join();
  }
}
