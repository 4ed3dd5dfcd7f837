# A web server: start, pages, another configuration without a break, more pages, an orderly end.
# SPDX-License-Identifier: MIT
requires="nginx curl"
exact=no

configure() {
	cat >nginx.conf <<-END
		user $(id -un) $(id -gn);
		worker_processes 2;
		pid $PWD/nginx.pid;
		error_log $PWD/error.log;
		events { worker_connections 64; }
		http {
		        access_log $PWD/access.log;
		        client_body_temp_path $PWD/body;
		        proxy_temp_path $PWD/proxy;
		        fastcgi_temp_path $PWD/fastcgi;
		        uwsgi_temp_path $PWD/uwsgi;
		        scgi_temp_path $PWD/scgi;
		        sendfile on;
		        gzip on;
		        gzip_types text/plain;
		        default_type text/plain;
		        server {
		                listen 127.0.0.1:$1;
		                root $PWD/pages;
		                location /generation { return 200 "$2\n"; }
		                location /proxied/ { proxy_pass http://127.0.0.1:$1/; }
		                location /list/ { alias $PWD/pages/many/; autoindex on; }
		        }
		}
	END
}

pages() {
	local at=http://127.0.0.1:$1
	curl -sS $at/ $at/small $at/generation $at/proxied/small
	curl -sS $at/large | cksum
	curl -sS --compressed $at/large | cksum
	# In several pieces: whether a small answer comes in one or two, and so by which calls, is chance.
	curl -sS $at/proxied/large | cksum
	curl -sS -r 1000-1010 $at/large
	curl -sS -o /dev/null -w '%{http_code}\n' $at/missing
	curl -sS -o /dev/null -w '%{http_code}\n' -d @pages/large $at/small
	curl -sS -I $at/small | grep -c '^Content-Length: 6'
	curl -sS $at/list/ | grep -c href
}

generation() { [ "$(curl -sS "http://127.0.0.1:$1/generation")" = "$2" ]; }

# Workers of before may still answer for a while.
settled() {
	local n
	for n in 1 2 3 4 5 6 7 8; do generation "$1" "$2" || return; done
}

workload() {
	local port server
	port=$(free_port)
	mkdir -p pages/many
	touch pages/many/a pages/many/b
	echo index >pages/index.html
	echo small >pages/small
	seq 50000 >pages/large
	chmod -R a+rX . pages
	configure "$port" first
	"$@" nginx -p "$PWD/" -c nginx.conf -g 'daemon off;' >&2 &
	server=$!
	wait_for 20 generation "$port" first || { cat error.log; kill $server; echo "nginx does not start"; return 1; } >&2
	pages "$port"
	configure "$port" second
	kill -HUP "$(cat nginx.pid)"
	wait_for 20 settled "$port" second || echo "no reload"
	pages "$port"
	kill -QUIT "$(cat nginx.pid)"
	wait $server
}
