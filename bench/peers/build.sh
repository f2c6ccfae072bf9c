#!/usr/bin/env bash
# Builds the peers of `pnpm bench --sinks` into the folder $1. Needs Git, Go 1.26, Maven, a JDK 17 and Python 3 with venv.
# $RPC_GIT and $AIVEN_GIT may name other places of the sources, such as local mirrors.
set -euo pipefail
out=$(mkdir -p "$1" && cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)

# Python: librdkafka's client, and boto3.
[ -d "$out/venv" ] || python3 -m venv "$out/venv"
"$out/venv/bin/pip" install -q confluent-kafka==2.16.1 boto3==1.44.5

# Redpanda Connect, only the parts that this sink needs.
[ -d "$out/redpanda-connect" ] || git clone -q "${RPC_GIT:-https://github.com/redpanda-data/connect}" "$out/redpanda-connect"
mkdir -p "$out/redpanda-connect/cmd/mini"
cp "$here/redpanda-connect-main.go.txt" "$out/redpanda-connect/cmd/mini/main.go"
(cd "$out/redpanda-connect" && GOFLAGS=-mod=mod go build -o "$out/redpanda-connect-mini" ./cmd/mini)

# Aiven's S3 sink by plain javac. Its Avro and Parquet writers need jars that Maven Central lacks: they become refusals.
aiven=$out/aiven
[ -d "$aiven/src" ] || git clone -q "${AIVEN_GIT:-https://github.com/Aiven-Open/cloud-storage-connectors-for-apache-kafka}" "$aiven/src"
[ -d "$aiven/deps" ] || mvn -q -B -f "$here/aiven-pom.xml" dependency:copy-dependencies -DoutputDirectory="$aiven/deps" -DincludeScope=runtime
rm -rf "$aiven/stub" "$aiven/classes" "$aiven/plugin"
mkdir -p "$aiven/classes" "$aiven/plugin/aiven-s3" "$aiven/log"
for kind in Avro Parquet; do
  package=io.aiven.kafka.connect.common.output.${kind,,}
  folder=$aiven/stub/${package//.//}
  mkdir -p "$folder"
  cat > "$folder/${kind}OutputWriter.java" <<JAVA
package $package;
import io.aiven.kafka.connect.common.config.OutputField;
import io.aiven.kafka.connect.common.output.*;
import java.io.OutputStream;
import java.util.*;
public final class ${kind}OutputWriter extends OutputWriter {
  public ${kind}OutputWriter(Collection<OutputField> f, OutputStream o, Map<String, String> c, boolean e) {
    super(o, null);
    throw new UnsupportedOperationException("left out of this build");
  }
}
JAVA
done
java=src/main/java
javac -nowarn -proc:none --release 17 -d "$aiven/classes" -cp "$KAFKA_JARS/*:$aiven/deps/*" \
  -sourcepath "$aiven/stub:$aiven/src/commons/$java:$aiven/src/s3-commons/$java:$aiven/src/s3-sink-connector/$java" \
  $(find "$aiven/src/s3-sink-connector/$java" -name '*.java')
cp -r "$aiven/src/s3-sink-connector/src/main/resources/." "$aiven/classes/"
echo version=bench > "$aiven/classes/s3-sink-connector-for-apache-kafka-version.properties"
(cd "$aiven/classes" && jar cf "$aiven/plugin/aiven-s3/aiven-s3-sink.jar" .)
for jar in "$aiven"/deps/*.jar; do
  case $(basename "$jar") in
    log4j-slf4j-impl-*) cp "$jar" "$aiven/log/" ;;
    log4j-* | slf4j-* | zstd-jni* | snappy-java*) ;; # the worker has them
    *) cp "$jar" "$aiven/plugin/aiven-s3/" ;;
  esac
done
