# One image a process: docker build --target api | worker | web
FROM node:24-bookworm-slim AS source
WORKDIR /gdbench
COPY package.json package-lock.json .npmrc ./
COPY schema/package.json schema/
COPY prisma/package.json prisma/
COPY packages/benchmark/package.json packages/benchmark/
COPY packages/file-names/package.json packages/file-names/
COPY packages/launcher/package.json packages/launcher/
COPY packages/storage/package.json packages/storage/
COPY packages/settings/package.json packages/settings/
COPY workers/package.json workers/
COPY apps/api/package.json apps/api/
COPY apps/web/package.json apps/web/
COPY apps/cli/package.json apps/cli/
COPY builtin/package.json builtin/
# the sources that the install scripts read come next
RUN npm ci --ignore-scripts
COPY . .
RUN node prisma/generate.mjs && node schema/generate.mjs

FROM source AS platform
ENV NODE_ENV=production
RUN install -d -o node -g node /var/lib/gdbench
USER node
VOLUME /var/lib/gdbench

FROM platform AS api
EXPOSE 4000
CMD ["node", "apps/api/server.ts"]

FROM platform AS worker
CMD ["node", "workers/worker.ts"]

FROM source AS web
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1
WORKDIR /gdbench/apps/web
RUN node ../../node_modules/next/dist/bin/next build
USER node
EXPOSE 3000
CMD ["node", "../../node_modules/next/dist/bin/next", "start", "-H", "0.0.0.0", "-p", "3000"]
