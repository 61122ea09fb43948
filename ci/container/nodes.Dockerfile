FROM debian:stable-slim
COPY metallb2cilium /usr/local/bin/
RUN apt-get update && apt-get install -y libcap2-bin && \
    setcap cap_net_raw,cap_net_admin+ep /usr/local/bin/metallb2cilium
