{{/* What stands in front of every object's name. */}}
{{- define "centerline.name" -}}
{{- default .Release.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "centerline.image" -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}

{{- define "centerline.serviceAccount" -}}
{{- default (ternary (include "centerline.name" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}

{{/* The ports of docs/operations.md. */}}
{{- define "centerline.port" -}}
{{- get (dict "console" "8000" "routing" "8001" "workqueue" "8002" "liquidation" "8003" "notifications" "8004") . -}}
{{- end -}}

{{/* Labels that choose pods: root, component, role. */}}
{{- define "centerline.selector" -}}
app.kubernetes.io/name: centerline
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- with .role }}
centerline/role: {{ . }}
{{- end }}
{{- end -}}

{{- define "centerline.labels" -}}
{{ include "centerline.selector" . }}
app.kubernetes.io/version: {{ default .root.Chart.AppVersion .root.Values.image.tag | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{/* Where a service is asked by others. */}}
{{- define "centerline.url" -}}
{{- $given := (get .root.Values.services .service).url -}}
{{- if $given -}}
{{- if not (or (hasPrefix "https://" $given) .root.Values.privateNetwork (ne .root.Values.environment "production")) -}}
{{- fail (printf "services.%s.url: production asks other services over https, or set privateNetwork where a mesh encrypts" .service) -}}
{{- end -}}
{{- $given -}}
{{- else -}}
{{- if not (or .root.Values.privateNetwork (ne .root.Values.environment "production")) -}}
{{- fail (printf "services.%s.url: an https URL is needed, or privateNetwork where a mesh encrypts between pods" .service) -}}
{{- end -}}
{{- printf "http://%s-%s:%s" (include "centerline.name" .root) .service (include "centerline.port" .service) -}}
{{- end -}}
{{- end -}}

{{/* One setting as a variable: name, value. Whole numbers come out whole. */}}
{{- define "centerline.setting" -}}
{{- $value := .value -}}
{{- if kindIs "slice" $value }}{{ $value = join "," $value }}{{ end -}}
{{- if kindIs "float64" $value }}{{ if eq (floor $value) $value }}{{ $value = int64 $value }}{{ end }}{{ end -}}
- name: CENTERLINE_{{ upper .name }}
  value: {{ $value | toString | quote }}
{{ end -}}

{{/* The secrets of a component as {setting, file, name, key}: the file's name, and the setting that it gives. */}}
{{- define "centerline.secrets" -}}
{{- $root := .root -}}
{{- if and .database (not .database.name) -}}
{{- fail (printf "%s: name the Secret that holds the URL of its database" .databaseValue) -}}
{{- end -}}
{{- with .database }}
- {setting: database_url, file: database-url, name: {{ .name | quote }}, key: {{ .key | quote }}}
{{- end }}
{{- if .kafka }}
{{- with $root.Values.kafka.passwordSecret }}
- {setting: kafka_password, file: kafka-password, name: {{ .name | quote }}, key: {{ .key | quote }}}
{{- end }}
{{- with $root.Values.kafka.caSecret }}
- {path: kafka_ca, file: kafka-ca.pem, name: {{ .name | quote }}, key: {{ .key | quote }}}
{{- end }}
{{- with $root.Values.kafka.certificateSecret }}
- {path: kafka_certificate, file: kafka-client.pem, name: {{ .name | quote }}, key: {{ .key | quote }}}
{{- end }}
{{- end }}
{{- if .database }}
{{- with $root.Values.database.caSecret }}
- {file: database-ca.pem, name: {{ .name | quote }}, key: {{ .key | quote }}}
{{- end }}
{{- end }}
{{- range $setting, $from := .secrets }}
- {setting: {{ $setting }}, file: {{ $setting | replace "_" "-" }}, name: {{ $from.name | quote }}, key: {{ $from.key | quote }}}
{{- end }}
{{- end -}}

{{/* The spec of a pod: root, component, role, command, settings, secrets (as above), port, resources, mounts, volumes,
     isJob, isHook. */}}
{{- define "centerline.pod" -}}
{{- $root := .root -}}
{{- $secrets := include "centerline.secrets" . | fromYamlArray -}}
{{- $port := .port -}}
serviceAccountName: {{ if .isHook }}{{ if $root.Values.serviceAccount.create }}default{{ else }}{{ include "centerline.serviceAccount" $root }}{{ end }}{{ else }}{{ include "centerline.serviceAccount" $root }}{{ end }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- if .isHook }}
restartPolicy: Never
{{- else }}
terminationGracePeriodSeconds: {{ add $root.Values.pod.preStopSeconds $root.Values.drainSeconds 15 }}
{{- end }}
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.pod.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.pod.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.pod.affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.pod.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- if and $root.Values.pod.spreadBy (not .isHook) }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: {{ $root.Values.pod.spreadBy }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "centerline.selector" . | nindent 8 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ $root.Values.pod.runAsUser }}
  runAsGroup: {{ $root.Values.pod.runAsUser }}
  fsGroup: {{ $root.Values.pod.runAsUser }}
  seccompProfile: {type: RuntimeDefault}
containers:
  - name: {{ .component }}
    image: {{ include "centerline.image" $root | quote }}
    imagePullPolicy: {{ $root.Values.image.pullPolicy }}
    command: {{ toJson .command }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: {drop: [ALL]}
    env:
      - name: POD_NAME
        valueFrom: {fieldRef: {fieldPath: metadata.name}}
      {{- range $name, $value := .settings }}
      {{- if not (kindIs "invalid" $value) }}{{ if ne (toString $value) "" }}
      {{- include "centerline.setting" (dict "name" $name "value" $value) | trim | nindent 6 }}
      {{- end }}{{ end }}
      {{- end }}
      {{- range $secrets }}
      {{- if .setting }}
      - name: CENTERLINE_{{ upper .setting }}_FILE
        value: /etc/centerline/{{ .file }}
      {{- else if .path }}
      - name: CENTERLINE_{{ upper .path }}
        value: /etc/centerline/{{ .file }}
      {{- end }}
      {{- end }}
    resources: {{ toYaml .resources | nindent 6 }}
    {{- if $port }}
    ports:
      - {name: http, containerPort: {{ $port }}}
      {{- range .extraPorts }}
      - {name: {{ .name }}, containerPort: {{ .port }}}
      {{- end }}
    startupProbe:
      httpGet: {path: /healthz, port: http}
      {{- toYaml $root.Values.probes.startup | nindent 6 }}
    livenessProbe:
      httpGet: {path: /healthz, port: http}
      {{- toYaml $root.Values.probes.liveness | nindent 6 }}
    readinessProbe:
      httpGet: {path: /readyz, port: http}
      {{- toYaml $root.Values.probes.readiness | nindent 6 }}
    {{- end }}
    {{- if and (not .isHook) $root.Values.pod.preStopSeconds }}
    lifecycle:
      preStop: {sleep: {seconds: {{ $root.Values.pod.preStopSeconds }}}}
    {{- end }}
    volumeMounts:
      - {name: scratch, mountPath: /tmp}
      {{- if $secrets }}
      - {name: secrets, mountPath: /etc/centerline, readOnly: true}
      {{- end }}
      {{- range .mounts }}
      - {{ toJson . }}
      {{- end }}
volumes:
  - name: scratch
    emptyDir: {sizeLimit: 1Gi}
  {{- if $secrets }}
  - name: secrets
    projected:
      defaultMode: 0440
      sources:
        {{- range $secrets }}
        - secret: {name: {{ .name | quote }}, items: [{key: {{ .key | quote }}, path: {{ .file }}}]}
        {{- end }}
  {{- end }}
  {{- range .volumes }}
  - {{ toJson . }}
  {{- end }}
{{- end -}}

{{/* Settings of whatever talks to Kafka. */}}
{{- define "centerline.kafkaSettings" -}}
{{- if not .Values.kafka.bootstrap }}{{ fail "kafka.bootstrap: name the brokers, host:port,host:port" }}{{ end -}}
{{- $isSasl := hasPrefix "SASL" .Values.kafka.protocol -}}
bus: kafka
kafka_bootstrap: {{ .Values.kafka.bootstrap | quote }}
kafka_protocol: {{ .Values.kafka.protocol }}
{{- if $isSasl }}
kafka_sasl_mechanism: {{ .Values.kafka.mechanism }}
kafka_username: {{ .Values.kafka.username | quote }}
{{- end }}
{{- end -}}

{{/* Settings of every process that answers HTTP. */}}
{{- define "centerline.webSettings" -}}
env: {{ .Values.environment }}
private_network: {{ .Values.privateNetwork }}
host: 0.0.0.0
log_format: json
log_level: {{ .Values.logLevel }}
drain_seconds: {{ .Values.drainSeconds }}
token_issuer: {{ .Values.identity.issuer | quote }}
token_jwks_url: {{ .Values.identity.jwksUrl | quote }}
token_audience: {{ .Values.identity.audience | quote }}
token_claim_prefix: {{ .Values.identity.claimPrefix | quote }}
trusted_proxies: {{ join "," .Values.trustedProxies | quote }}
{{- if .Values.traces.url }}
traces_url: {{ .Values.traces.url | quote }}
traces_share: {{ .Values.traces.share }}
{{- end }}
{{- end -}}
